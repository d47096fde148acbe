import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { clientClose, clientFrame } from '../../../protocol/websocket/fake-client-frame.ts';
import { OPCODE } from '../../../protocol/websocket/opcodes.ts';
import { EDGE_LIMITS } from '../../limits.ts';
import { SessionScene } from './fake-session.ts';

const text = (payload: string, reserved = 0): Buffer => clientFrame({ opcode: OPCODE.text, payload, reserved });
const compressed = (payload: string): Buffer => text(payload, 4);
const ping = (payload = ''): Buffer => clientFrame({ opcode: OPCODE.ping, payload });
const pong = (payload = ''): Buffer => clientFrame({ opcode: OPCODE.pong, payload });
/** More than is read ahead, and less without one of them. */
const FILLING = Array.from({ length: Math.ceil(EDGE_LIMITS.readAheadBytes / 1000) }, () => text('x'.repeat(1000)));

// The table at the head of session.ts, row by row.

test('Session: a close frame of the client is answered with its code', () => {
  for (const [frame, heard, answer] of [
    [clientClose(1000, 'bye'), 'close 1000 bye', 'close 1000'],
    [clientClose(4999), 'close 4999', 'close 4999'],
    [clientClose(), 'close 1005', 'close'],
  ] as const) {
    const scene = new SessionScene();
    scene.receive(text('hello'), frame, text('never heard'));
    deepEqual(scene.told, ['text hello', heard, 'end']);
    deepEqual(scene.sent, [answer]);
  }
});

test('Session: a close of ours waits for the answer, and the sink hears its code', () => {
  const scene = new SessionScene();
  scene.session.close(4001, 'enough');
  deepEqual(scene.sent, ['close 4001 enough']);
  deepEqual(scene.told, []);
  scene.receive(clientClose(4002, 'ok'));
  deepEqual(scene.told, ['close 4002 ok', 'end']);
  deepEqual(scene.sent, ['close 4001 enough'], 'it is not closed twice');
});

test('Session: a close of ours that is not answered in time ends the connection', () => {
  const scene = new SessionScene();
  scene.pass(7000);
  scene.session.close(1000, '');
  scene.pass(EDGE_LIMITS.webSocketCloseMs - 1000);
  deepEqual(scene.told, []);
  scene.pass(1000);
  deepEqual(scene.told, ['close 1006', 'end reading on']);
  deepEqual(scene.sent, ['close 1000']);
});

test('Session: a fault of the client is told to both', () => {
  for (const [frame, code] of [
    [clientFrame({ opcode: OPCODE.text, payload: 'x', key: undefined }), 1002],
    [text('x', 4), 1002],
    [clientFrame({ opcode: 3 }), 1002],
    [clientClose(1005), 1002],
    [clientFrame({ opcode: OPCODE.text, payload: Buffer.of(0xff) }), 1007],
    [clientFrame({ opcode: OPCODE.binary, declared: 1001 }), 1009],
  ] as const) {
    const scene = new SessionScene();
    scene.receive(frame, text('never heard'));
    deepEqual(
      scene.told.map((entry) => entry.split(' ').slice(0, 2).join(' ')),
      [`close ${code}`, 'end reading'],
    );
    equal(scene.sent.length, 1);
    equal(scene.sent[0]?.startsWith(`close ${code}`), true, scene.sent[0]);
  }
});

test('Session: a client that does not answer a ping in time is gone', () => {
  const scene = new SessionScene();
  scene.pass(20_000);
  deepEqual(scene.sent, ['ping']);
  scene.pass(9000);
  deepEqual(scene.told, []);
  scene.pass(1000);
  deepEqual(scene.told, ['close 1006', 'end reading on']);
  deepEqual(scene.sent, ['ping', 'close 1011 no answer to a ping']);
});

test('Session: a connection that is lost is heard of once', () => {
  const scene = new SessionScene();
  scene.session.onLost();
  scene.session.onLost();
  scene.session.close(1000, '');
  scene.receive(text('late'));
  scene.session.send(true, Buffer.from('late'));
  scene.session.onDrain();
  scene.pass(100_000);
  deepEqual(scene.told, ['close 1006', 'end']);
  deepEqual(scene.sent, []);
});

// What is sent and received while it is open.

test('Session passes messages on, whole and in order, however their bytes come', () => {
  const scene = new SessionScene();
  const first = clientFrame({ opcode: OPCODE.text, payload: 'in ', isFinal: false });
  const last = clientFrame({ opcode: OPCODE.continuation, payload: 'pieces' });
  for (const byte of Buffer.concat([text('one'), first, ping('p'), last, text('')])) scene.receive(Buffer.of(byte));
  deepEqual(scene.told, ['text one', 'text in pieces', 'text ']);
  deepEqual(scene.sent, ['pong p']);
});

test('Session sends messages in one frame each, short or long, and says whether the client keeps up', () => {
  const scene = new SessionScene();
  for (const size of [0, 125, 126, 16_384, 16_385, 70_000]) {
    equal(scene.session.send(false, Buffer.alloc(size, 'x')), true);
  }
  equal(scene.session.send(true, Buffer.from('hello')), true);
  scene.hasRoom = false;
  equal(scene.session.send(true, Buffer.from('more')), false);
  scene.session.onDrain();
  deepEqual(scene.told, ['drain']);
  deepEqual(scene.sent, [
    'binary',
    'binary 125',
    'binary 126',
    'binary 16384',
    'binary 16385',
    'binary 70000',
    'text hello',
    'text more',
  ]);
});

test('Session reads no more while the sink wants nothing, and goes on where it was', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'), text('two'), ping(), clientClose(1000));
  deepEqual(scene.told.splice(0), ['text one']);
  scene.session.resume();
  deepEqual(scene.told.splice(0), ['text two']);
  scene.takes = true;
  scene.session.resume();
  deepEqual(scene.told, ['close 1000', 'end']);
  deepEqual(scene.sent, ['pong', 'close 1000']);
  scene.session.resume();
  equal(scene.told.length, 2);
});

test('Session reads on while the sink wants nothing, until a small buffer is full', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'), ...FILLING.slice(1));
  deepEqual(scene.told.splice(0), ['text one']);
  scene.receive(FILLING[0] ?? ping());
  deepEqual(scene.told.splice(0), ['pause']);
  scene.takes = true;
  scene.session.resume();
  equal(scene.told.length, FILLING.length + 1);
  equal(scene.told.at(-1), 'resume');
});

test('Session pings a client whose messages wait, and gives it up if nothing comes', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'), text('two'));
  scene.pass(20_000);
  deepEqual(scene.sent, ['ping']);
  scene.receive(pong());
  scene.pass(29_000);
  deepEqual(scene.sent, ['ping', 'ping']);
  scene.pass(1000);
  deepEqual(scene.sent.slice(2), ['close 1011 no answer to a ping']);
  deepEqual(scene.told, ['text one', 'close 1006', 'end reading on']);
});

test('Session pings a client that it does not read from, whose answer may be waiting', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'), ...FILLING);
  scene.pass(100_000);
  deepEqual(scene.sent, Array(5).fill('ping'));
  scene.takes = true;
  scene.session.resume();
  scene.pass(9000);
  equal(scene.sent.length, 5);
  scene.pass(1000);
  deepEqual(scene.sent.slice(5), ['close 1011 no answer to a ping']);
});

test('Session sends a client that it does not read from a pong, if there are to be no pings', () => {
  const scene = new SessionScene({ pingIntervalMs: 0 });
  scene.takes = false;
  scene.receive(text('one'), text('two'));
  scene.pass(EDGE_LIMITS.webSocketProbeMs);
  deepEqual(scene.sent, [], 'it is read, and its end would be seen');
  scene.receive(...FILLING);
  scene.pass(EDGE_LIMITS.webSocketProbeMs * 2);
  deepEqual(scene.sent, ['pong', 'pong']);
  scene.hasRoom = false;
  scene.pass(EDGE_LIMITS.webSocketProbeMs * 2);
  equal(scene.sent.length, 2, 'something else waits to be sent');
});

test('Session gives the messages of a client that has left to a sink that takes them, and waits for it', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'), text('two'), text('three'));
  scene.session.onClientEnd();
  scene.pass(EDGE_LIMITS.webSocketGoneMs - 1000);
  scene.session.resume();
  scene.pass(EDGE_LIMITS.webSocketGoneMs - 1000);
  deepEqual(scene.told, ['text one', 'text two']);
  scene.takes = true;
  scene.session.resume();
  deepEqual(scene.told, ['text one', 'text two', 'text three', 'close 1006', 'end']);
  deepEqual(scene.sent, [], 'nobody is pinged');
});

test('Session tells a sink that takes nothing of a client that has left, in time', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'), text('two'));
  equal(scene.session.onGone(), true);
  scene.pass(EDGE_LIMITS.webSocketGoneMs - 1000);
  equal(scene.session.onGone(), true);
  deepEqual(scene.told, ['text one']);
  scene.pass(1000);
  deepEqual(scene.told, ['text one', 'close 1006', 'end']);
  equal(scene.session.onGone(), false);
});

test('Session holds a client that has left to no rate: it would keep its connection by it', () => {
  const scene = new SessionScene({ messagesPerSecondMax: 1 });
  scene.receive(text('one'), text('two'), text('three'));
  deepEqual(scene.told, ['text one']);
  scene.session.onClientEnd();
  deepEqual(scene.told, ['text one', 'text two', 'text three', 'close 1006', 'end']);
});

test('Session reads on what a client that has gone has left in the kernel', () => {
  const scene = new SessionScene({ messagesPerSecondMax: 1 });
  scene.receive(text('one'), ...FILLING);
  deepEqual(scene.told.splice(0), ['text one', 'pause']);
  equal(scene.session.onGone(), true);
  equal(scene.told.length, FILLING.length + 1);
  equal(scene.told.at(-1), 'resume');
  scene.receive(text('from the kernel'));
  scene.session.onClientEnd();
  deepEqual(scene.told.slice(-3), ['text from the kernel', 'close 1006', 'end']);
});

test('Session tells at once of a client that has left, if nothing of it waits', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'));
  scene.session.onClientEnd();
  deepEqual(scene.told, ['text one', 'close 1006', 'end']);
});

test('Session sends no pings if there are to be none', () => {
  const scene = new SessionScene({ pingIntervalMs: 0 });
  scene.pass(100_000);
  deepEqual(scene.sent, []);
});

test('Session drops what comes between its close and the answer', () => {
  const scene = new SessionScene();
  scene.takes = false;
  scene.receive(text('one'), text('two'));
  scene.session.close(1001, '');
  deepEqual(scene.told, ['text one']);
  scene.receive(text('three'), ping(), clientClose(1001));
  deepEqual(scene.told.slice(1), ['close 1001', 'end']);
  deepEqual(scene.sent, ['close 1001'], 'not even a ping is answered');
});

test('Session sends nothing behind its close, and closes once', () => {
  const scene = new SessionScene();
  scene.session.close(4000, '');
  scene.session.close(4001, '');
  equal(scene.session.send(true, Buffer.from('late')), true);
  scene.session.onDrain();
  deepEqual(scene.sent, ['close 4000']);
  deepEqual(scene.told, []);
  scene.session.onLost();
  deepEqual(scene.told, ['close 1006', 'end']);
});

// Compression, which may take its time.

test('Session reads no further while a message is decompressed', () => {
  const scene = new SessionScene({ compresses: true });
  scene.receive(compressed('x'), text('plain'));
  scene.session.resume();
  deepEqual(scene.told, [], 'the sink has stopped nothing');
  scene.deflate.inflations[0]?.(Buffer.from('decompressed'));
  deepEqual(scene.told, ['text decompressed', 'text plain']);
});

test('Session: what cannot be decompressed is a fault of the client', () => {
  for (const [result, code] of [
    ['bad', 1007],
    ['too-big', 1009],
    [Buffer.of(0xff), 1007],
  ] as const) {
    const scene = new SessionScene({ compresses: true });
    scene.receive(compressed('x'), text('never heard'));
    scene.deflate.inflations[0]?.(result);
    equal(scene.sent[0]?.startsWith(`close ${code}`), true);
    equal(scene.told[0]?.startsWith(`close ${code}`), true);
    deepEqual(scene.told.slice(1, 2), ['end reading on']);
    equal(scene.deflate.isClosed, true);
  }
});

test('Session sends messages in their order, whatever their compression takes, then the close', () => {
  const scene = new SessionScene({ compresses: true });
  const send = (message: string): boolean => scene.session.send(true, Buffer.from(message));
  equal(send('abc'), true, 'done at once');
  scene.told.length = 0;
  equal(send('long one'), false);
  equal(send('def'), false);
  equal(send('long two'), false);
  scene.session.close(1000, 'bye');
  scene.session.close(1001, '');
  equal(send('behind the close'), true);
  deepEqual(scene.sent, ['text abc']);
  scene.deflate.deflations[0]?.(undefined);
  deepEqual(scene.sent, ['text abc', 'compressed text [long one]', 'text def']);
  scene.deflate.deflations[1]?.(undefined);
  deepEqual(scene.sent.slice(3), ['compressed text [long two]', 'close 1000 bye']);
  deepEqual(scene.told, [], 'behind a close nobody waits for room');
});

test('Session tells that there is room when the last of its messages is compressed', () => {
  const scene = new SessionScene({ compresses: true });
  scene.session.send(true, Buffer.from('long one'));
  scene.session.onDrain();
  deepEqual(scene.told, [], 'one is still to be sent');
  scene.hasRoom = false;
  scene.deflate.deflations[0]?.(undefined);
  deepEqual(scene.told, []);
  scene.session.onDrain();
  deepEqual(scene.told, ['drain']);
  scene.hasRoom = true;
  scene.session.send(true, Buffer.from('long two'));
  scene.deflate.deflations[1]?.(undefined);
  deepEqual(scene.told, ['drain', 'drain']);
});

test('Session sends nothing more that waits to be compressed when the client closes', () => {
  const scene = new SessionScene({ compresses: true });
  scene.session.send(true, Buffer.from('long one'));
  scene.session.send(true, Buffer.from('long two'));
  scene.session.close(4000, '');
  scene.receive(clientClose(1000));
  scene.deflate.deflations[0]?.(undefined);
  deepEqual(scene.sent, ['close 1000']);
  deepEqual(scene.told, ['close 1000', 'end']);
});

test('Session: a connection that is lost while a message is decompressed', () => {
  const scene = new SessionScene({ compresses: true });
  scene.receive(compressed('x'));
  scene.session.onLost();
  deepEqual(scene.told, ['close 1006', 'end']);
  equal(scene.deflate.isClosed, true);
});

test('Session: a close waits for its answer from the moment that it is sent', () => {
  const scene = new SessionScene({ compresses: true, pingIntervalMs: 0 });
  scene.session.send(true, Buffer.from('long one'));
  scene.session.close(1000, '');
  scene.pass(60_000);
  deepEqual(scene.told, []);
  scene.deflate.deflations[0]?.(undefined);
  scene.pass(EDGE_LIMITS.webSocketCloseMs);
  deepEqual(scene.told, ['close 1006', 'end reading on']);
});

test('Session does not say that there is room to who was never told that there is none', () => {
  const scene = new SessionScene({ compresses: true });
  equal(scene.session.send(true, Buffer.from('abc')), true);
  deepEqual(scene.told, []);
});

test('Session sends many messages behind one that is compressed without going deeper for each', () => {
  const scene = new SessionScene({ compresses: true });
  scene.session.send(true, Buffer.from('long one'));
  for (let index = 0; index < 100_000; index += 1) scene.session.send(true, Buffer.from('x'));
  scene.deflate.deflations[0]?.(undefined);
  equal(scene.sent.length, 100_001);
});

test('Session reads a client that sends too much in a second no faster than it may send', () => {
  const scene = new SessionScene({ messagesPerSecondMax: 2 });
  scene.receive(text('1'), text('2'), text('3'));
  deepEqual(scene.told.splice(0), ['text 1', 'text 2']);
  scene.receive(text('4'), text('5'));
  scene.pass(1000);
  deepEqual(scene.told.splice(0), ['text 3', 'text 4']);
  scene.pass(1000);
  deepEqual(scene.told.splice(0), ['text 5']);
  scene.session.close(1000, '');
  scene.receive(text('6'), text('7'), clientClose(1000));
  scene.pass(1000);
  deepEqual(scene.told, ['close 1000', 'end'], 'also while it is closing');
});

test('Session answers so many pings in a second, and to a client that does not read only the last', () => {
  const scene = new SessionScene();
  scene.receive(...Array.from({ length: EDGE_LIMITS.webSocketControlsPerSecond + 1 }, (_, index) => ping(`${index}`)));
  equal(scene.sent.length, EDGE_LIMITS.webSocketControlsPerSecond);
  scene.pass(1000);
  equal(scene.sent.at(-1), `pong ${EDGE_LIMITS.webSocketControlsPerSecond}`);
  const before = scene.sent.length;
  scene.hasRoom = false;
  scene.receive(ping('a'), ping('b'), text('still heard'));
  scene.pass(1000);
  equal(scene.sent.length, before);
  scene.hasRoom = true;
  scene.session.onDrain();
  deepEqual(scene.sent.slice(before), ['pong b']);
  scene.session.onDrain();
  equal(scene.sent.length, before + 1);
});

test('Session takes in a large message once the sink wants it: when it is resumed, or after a second', () => {
  const scene = new SessionScene();
  scene.largeBytes = 500;
  scene.takesLarge = false;
  const large = 'x'.repeat(600);
  scene.receive(text(large), text('next'));
  deepEqual(scene.told.splice(0), ['large 600']);
  scene.session.resume();
  deepEqual(scene.told.splice(0), ['large 600']);
  scene.takesLarge = true;
  scene.session.resume();
  deepEqual(scene.told.splice(0), ['large 600', `text ${large}`, 'text next']);
  scene.takesLarge = false;
  scene.receive(text(large));
  scene.takesLarge = true;
  scene.pass(1000);
  deepEqual(scene.told, ['large 600', 'large 600', `text ${large}`]);
});

test('Session decompresses no large message before the sink wants it', () => {
  const scene = new SessionScene({ compresses: true });
  scene.takesLarge = false;
  scene.receive(compressed('x'), text('next'));
  const going: string[] = [];
  scene.deflate.large[0]?.(() => going.push('on'));
  deepEqual([scene.told.splice(0), going], [['large 1000'], []]);
  scene.takesLarge = true;
  scene.session.resume();
  deepEqual(going, ['on']);
  scene.deflate.inflations[0]?.(Buffer.from('decompressed'));
  deepEqual(scene.told, ['large 1000', 'text decompressed', 'text next']);
});

test('Session tells its sink what it holds of a message, and drops a large one behind its close unasked', () => {
  const scene = new SessionScene();
  scene.receive(clientFrame({ opcode: 1, payload: 'half', isFinal: false }));
  equal(scene.heldBytes, 4);
  scene.receive(clientFrame({ opcode: 0, payload: ' whole' }));
  equal(scene.heldBytes, 0);
  scene.largeBytes = 500;
  scene.takesLarge = false;
  scene.receive(text('x'.repeat(600)));
  scene.session.close(1000, '');
  scene.receive(text('y'.repeat(600)), clientClose(1000));
  deepEqual(scene.told, ['text half whole', 'large 600', 'close 1000', 'end']);
});

test('Session tells its sink what it holds of messages that wait to be decompressed', () => {
  const scene = new SessionScene({ compresses: true });
  const packed = compressed('x'.repeat(200));
  scene.receive(packed, packed);
  equal(scene.heldBytes, 200);
  scene.deflate.inflations[0]?.(Buffer.from('first'));
  equal(scene.heldBytes, 200, 'the second, which is as long');
  scene.deflate.inflations[1]?.(Buffer.from('second'));
  equal(scene.heldBytes, 0);
});
