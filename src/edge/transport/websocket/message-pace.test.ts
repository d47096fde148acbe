import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { clientFrame } from '../../../protocol/websocket/fake-client-frame.ts';
import { EDGE_LIMITS } from '../../limits.ts';
import { SessionScene } from './fake-session.ts';

const STALL_MS = EDGE_LIMITS.webSocketStallMs;
const MEMORY_MS = EDGE_LIMITS.webSocketMemoryMs;

function scene(): SessionScene {
  const made = new SessionScene({ pingIntervalMs: 0, messageBytesMax: 20_000_000 });
  made.isMemoryFull = true;
  made.largeBytes = 1000;
  return made;
}

/** A message in a frame of 100,000 bytes of which so many have come. */
function part(bytes: number): Buffer {
  const whole = clientFrame({ opcode: 2, payload: 'x'.repeat(100_000) });
  return whole.subarray(0, whole.length - 100_000 + bytes);
}

test('the room for a large message is given back if it does not come, and asked for again when more of it does', () => {
  const { session, told, ...rest } = scene();
  session.onBytes(part(10));
  session.onTick(1000);
  session.onTick(2000);
  deepEqual(told.splice(0), ['large 100000', 'release']);
  session.onBytes(Buffer.from('x'));
  deepEqual(told.splice(0), ['large 10']);
  session.onBytes(Buffer.from('x'));
  deepEqual(told.splice(0), ['large 11'], 'at each read');
  equal(rest.sent.length, 0);
});

test('a WebSocket that holds much of a message which does not get on is ended with 1013, one that holds little is not', () => {
  const much = scene();
  much.receive(part(5000));
  const little = scene();
  little.receive(part(500));
  for (const each of [much, little]) each.pass(STALL_MS + 1000);
  equal(much.sent.at(-1), 'close 1013 a message that comes too slowly while memory is short');
  deepEqual(little.sent, []);
});

test('a WebSocket that holds much of a message, and waits for memory for the rest, is ended later', () => {
  const waiting = scene();
  waiting.receive(part(5000));
  waiting.pass(2000);
  waiting.takesLarge = false;
  waiting.receive(Buffer.alloc(5000, 'x'));
  waiting.pass(MEMORY_MS - 2000);
  deepEqual(waiting.sent, [], 'its client is not to blame');
  waiting.pass(2000);
  equal(waiting.sent.at(-1), 'close 1013 a message that has waited too long for memory');
});

test('a message that gets on when it has waited long has all its time again', () => {
  const made = scene();
  made.receive(part(5000));
  made.pass(2000);
  made.takesLarge = false;
  made.receive(Buffer.alloc(5000, 'x'));
  made.pass(MEMORY_MS - 2000);
  made.takesLarge = true;
  made.pass(1000);
  made.receive(Buffer.alloc(EDGE_LIMITS.webSocketStallBytesPerSecond, 'x'));
  made.pass(STALL_MS - 1000);
  deepEqual(made.sent, []);
});

test('a message behind a slow one has its room again', () => {
  const { told, ...made } = scene();
  const slow = part(10);
  made.session.onBytes(slow);
  made.session.onTick(1000);
  made.session.onTick(2000);
  made.session.onBytes(Buffer.alloc(99_990, 'x'));
  made.session.onTick(3000);
  told.splice(0);
  made.session.onBytes(part(10));
  deepEqual(told, ['large 100000']);
});

test('nobody is hurried while there is memory', () => {
  const calm = scene();
  calm.isMemoryFull = false;
  calm.receive(part(5000));
  calm.pass(STALL_MS + 1000);
  deepEqual([calm.told, calm.sent], [['large 100000', 'release'], []]);
});

test('a message that gets on keeps its room', () => {
  const quick = scene();
  const whole = clientFrame({ opcode: 2, payload: 'x'.repeat(2_000_000) });
  const step = EDGE_LIMITS.webSocketLargeBytesPerSecond + 100;
  for (let at = 0; at < whole.length; at += step) {
    quick.receive(whole.subarray(at, at + step));
    quick.pass(1000);
  }
  deepEqual(
    quick.told.map((line) => line.slice(0, 14)),
    ['large 2000000', 'binary xxxxxxx'],
  );
});
