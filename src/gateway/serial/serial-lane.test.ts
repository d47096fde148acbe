import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG, renderFrame, renderWords } from '../../protocol/lanes/frames.ts';
import { BlockPool } from '../../relay/body/block-pool.ts';
import { BodyBytes } from '../../relay/body/body-bytes.ts';
import { MemoryBudget } from '../../relay/memory-budget.ts';
import { readRequest, responseFrame } from '../fake-worker.ts';
import { FakeLaneOwner, joinWrites, toldOf } from './fake-lane-owner.ts';
import type { SerialLane } from './serial-lane.ts';
import type { SerialCall } from './serial-request.ts';

const OUT_BYTES = 64 * 1024;
const BODY = Buffer.from('some bytes');

/** A call whose REQUEST frame has this much text. */
function longCall(owner: FakeLaneOwner, name: string, length: number): SerialCall {
  const call = owner.call(name);
  call.block = 'x'.repeat(length);
  return call;
}

function bodyOf(bytes: Buffer): BodyBytes {
  const body = new BodyBytes(new BlockPool(), new MemoryBudget());
  body.push(bytes, 0);
  return body;
}

test('SerialLane sends a request as one frame: flags, both parts of the head, the body', () => {
  const owner = new FakeLaneOwner();
  const { lane, socket } = owner.connect();
  const call = owner.call('a');
  call.block = 'HTTP_X\0caf\xe9';
  call.body = { length: BODY.length, bytes: bodyOf(BODY), file: undefined };
  lane.send(call);
  lane.output.flush();
  const [frame, more] = socket.takeFrames();
  equal(more, undefined);
  equal(frame?.type, FRAME.request);
  equal(frame.stream, call.stream);
  deepEqual(readRequest(frame), {
    flags: REQUEST_FLAG.body,
    request: ['GET', '/a', '', '/a'],
    slot: 0,
    block: ['HTTP_X', 'caf\xe9'],
    body: BODY,
  });
});

const BODIES: [string, Partial<NonNullable<SerialCall['body']>> | undefined, number][] = [
  ['has no body', undefined, 0],
  ['has an empty body', { bytes: bodyOf(Buffer.alloc(0)) }, REQUEST_FLAG.body],
  ['has its body in a file', { file: {} as never }, REQUEST_FLAG.body | REQUEST_FLAG.bodyInFile],
];

for (const [what, body, flags] of BODIES) {
  test(`SerialLane says of a request that it ${what}`, () => {
    const owner = new FakeLaneOwner();
    const { lane, socket } = owner.connect();
    const call = owner.call('a');
    call.body = body && { length: 0, bytes: undefined, file: undefined, ...body };
    lane.send(call);
    lane.output.flush();
    const read = socket.takeFrames().map(readRequest)[0];
    equal(read?.flags, flags);
    equal(read.body.length, 0);
  });
}

test('SerialLane asks once to be flushed, and flushes all that was sent in one write', () => {
  const owner = new FakeLaneOwner();
  const { lane, socket } = owner.connect();
  for (const name of ['a', 'b']) lane.send(owner.call(name));
  lane.sendFrame(FRAME.drain, 0);
  deepEqual(owner.dirty, [lane.output]);
  equal(socket.writes.length, 0);
  lane.output.flush();
  lane.output.flush();
  equal(socket.writes.length, 1);
  deepEqual(
    socket.takeFrames().map(({ type }) => type),
    [FRAME.request, FRAME.request, FRAME.drain],
  );
  lane.send(owner.call('c'));
  equal(owner.dirty.length, 2);
});

test('SerialLane writes before its memory is full, and makes room for a request that is larger', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  const lengths = [OUT_BYTES / 2, OUT_BYTES / 2, 3 * OUT_BYTES, 10];
  const calls = lengths.map((length, index) => longCall(owner, `${index}`, length));
  for (const call of calls) unit.lane.send(call);
  unit.lane.output.flush();
  equal(unit.socket.writes.length, 4);
  deepEqual(
    unit.socket.takeFrames().map((frame) => [frame.stream, readRequest(frame).block[0]?.length]),
    calls.map((call, index) => [call.stream, lengths[index]]),
  );
});

test('SerialLane passes hints on that come before the response, and those that are none are a fault', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  const call = owner.send(unit, 'a');
  const hints = Buffer.from('link\0</a.css>');
  unit.send(renderFrame(FRAME.hints, call.stream, hints), responseFrame(FRAME.responseWhole, call.stream, 'body'));
  equal(toldOf(call)[0], 'hint link: </a.css>');
  const other = owner.send(unit, 'b');
  unit.send(renderFrame(FRAME.hints, other.stream, Buffer.from('link\0\r\n')));
  equal(owner.told.at(-1), 'fault malformed hints');
});

test('SerialLane does not write into memory from which the kernel has still to read', () => {
  const owner = new FakeLaneOwner();
  const { lane, socket } = owner.connect();
  socket.isFull = true;
  for (const name of ['a', 'b']) {
    lane.send(owner.call(name));
    lane.output.flush();
  }
  deepEqual(
    socket.takeFrames().map((frame) => readRequest(frame).request[3]),
    ['/a', '/b'],
  );
});

test('SerialLane that is lost closes its socket and writes nothing more', () => {
  const owner = new FakeLaneOwner();
  const { lane, socket } = owner.connect();
  lane.tell('activated');
  lane.send(owner.call('a'));
  equal(lane.isOpen, true);
  lane.close();
  lane.output.flush();
  equal(socket.isDestroyed, true);
  equal(lane.isOpen, false);
  deepEqual(socket.writes, []);
});

const HINDRANCES: Readonly<Record<string, (lane: SerialLane) => void>> = {
  'has been recalled from': (lane) => {
    lane.isRecalled = true;
  },
  drains: (lane) => lane.tell('retired'),
  'is lost': (lane) => lane.tell('lost'),
  'is slow': (lane) => lane.noteSlow(),
  'is stuck': (lane) => {
    lane.pace = 'stuck';
  },
  'is held': (lane) => lane.pause(),
};

for (const [hindrance, hinder] of Object.entries(HINDRANCES)) {
  test(`SerialLane is closed to requests while it ${hindrance}`, () => {
    const { lane } = new FakeLaneOwner().connect();
    equal(lane.isOpen, false, 'its worker is not active');
    lane.tell('activated');
    equal(lane.isOpen, true);
    hinder(lane);
    equal(lane.isOpen, false);
  });
}

/** What the client of request 1 is told, and whether that is the end of it. */
const ANSWERS: [string, Buffer[], string[], boolean][] = [
  ['in one frame', [responseFrame(FRAME.responseWhole, 1, 'hello')], ['respond 200 hello'], true],
  [
    'in pieces',
    [
      responseFrame(FRAME.response, 1, 'hel', '200 OK\0Content-Length\0' + '5'),
      renderFrame(FRAME.data, 1, Buffer.from('lo')),
      renderFrame(FRAME.end, 1),
    ],
    ['begin 200 5', 'write hello', 'end'],
    true,
  ],
  [
    'in pieces, not all of which have come',
    [responseFrame(FRAME.response, 1), renderFrame(FRAME.data, 1, Buffer.from('lo'))],
    ['begin 200 undefined', 'write lo'],
    false,
  ],
  ['with a failure', [renderFrame(FRAME.failed, 1, Buffer.from('traceback'))], ['refuse 500 traceback'], true],
  [
    'with a failure in the middle',
    [responseFrame(FRAME.response, 1, 'hel'), renderFrame(FRAME.failed, 1)],
    ['begin 200 undefined', 'write hel', 'cut'],
    true,
  ],
];

for (const [how, frames, told, isOver] of ANSWERS) {
  test(`SerialLane passes on what the worker answers ${how}, however the bytes are cut`, () => {
    const bytes = Buffer.concat(frames);
    for (let size = 1; size <= bytes.length; size += 1) {
      const owner = new FakeLaneOwner();
      const unit = owner.connect();
      const call = owner.send(unit, 'a');
      for (let at = 0; at < bytes.length; at += size) {
        unit.send(bytes.subarray(at, at + size));
      }
      deepEqual(joinWrites(toldOf(call)), told, `${size} bytes at a time`);
      equal(unit.lane.depth, isOver ? 0 : 1);
      equal(owner.told.filter((what) => what === 'answered').length, isOver ? 1 : 0);
    }
  });
}

test('SerialLane tells of each answer, and of the read that brought them once', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  const calls = ['a', 'b', 'c'].map((name) => owner.send(unit, name));
  unit.answer(2);
  deepEqual(owner.told, ['answered', 'answered', 'read']);
  deepEqual(calls.map(toldOf), [['respond 200 a'], ['respond 200 b'], []]);
  equal(unit.lane.calls.peek(), calls[2]);
});

const LONG = Buffer.alloc(8);
LONG.writeUInt32LE(FRAME_LIMITS.payloadBytesMax + 1, 0);

const FAULTS: [string, Buffer, RegExp][] = [
  [
    'answers a request behind the first',
    responseFrame(FRAME.responseWhole, 2),
    /^fault frame 130 for stream 2, which is not/,
  ],
  ['answers what was not asked', renderFrame(FRAME.end, 9), /^fault frame 132 for stream 9, which is not/],
  ['sends a frame that only the edge sends', renderFrame(FRAME.request, 1), /^fault unknown frame type 1$/],
  ['sends a head without its length', renderFrame(FRAME.response, 1, Buffer.alloc(3)), /^fault response head longer/],
  [
    'sends a head that is longer than its frame',
    renderFrame(FRAME.responseWhole, 1, Buffer.from([4, 0, 0, 0, 50, 48, 48])),
    /^fault response head longer than its frame$/,
  ],
  ['sends a head that is none', responseFrame(FRAME.responseWhole, 1, '', '99 No'), /^fault malformed response head$/],
  [
    'splits the response',
    responseFrame(FRAME.responseWhole, 1, '', '200 OK\0X\0a\r\nY: b'),
    /^fault malformed response head$/,
  ],
  ['sends too long a frame', LONG, /^fault frame of 1048577 bytes$/],
];

for (const [what, bytes, fault] of FAULTS) {
  test(`SerialLane tells of a fault when the worker ${what}, and reads no further`, () => {
    const owner = new FakeLaneOwner();
    const unit = owner.connect();
    const calls = ['a', 'b'].map((name) => owner.send(unit, name));
    unit.send(bytes, responseFrame(FRAME.responseWhole, 1));
    equal(owner.told.length, 1);
    ok(fault.test(owner.told[0] ?? ''), owner.told[0]);
    deepEqual(calls.map(toldOf), [[], []]);
  });
}

test('SerialLane tells of a fault when the worker answers and nothing is asked', () => {
  const owner = new FakeLaneOwner();
  owner.connect().send(renderFrame(FRAME.end, 1));
  deepEqual(owner.told, ['fault frame 132 for stream 1, which is not the one that runs']);
});

test('SerialLane measures how long a request takes: each read divided by its answers', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  for (const name of ['a', 'b', 'c']) owner.send(unit, name);
  owner.clock.advance(2);
  unit.answer();
  equal(unit.lane.meanServiceUs, 2000);
  equal(unit.lane.frontSinceMs, 2);
  owner.clock.advance(8);
  unit.answer(2);
  equal(unit.lane.meanServiceUs, 2200, 'two of four milliseconds, weighed a tenth');
});

test('SerialLane takes a part of the time for the requests of other edge threads on its unit', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  for (const name of ['a', 'b']) owner.send(unit, name);
  owner.others = 2;
  owner.clock.advance(8);
  unit.answer();
  equal(unit.lane.meanServiceUs, 4000);
});

test('SerialLane does not count the time in which it was idle', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  owner.clock.advance(50);
  owner.send(unit, 'a');
  owner.clock.advance(1);
  owner.send(unit, 'b');
  equal(unit.lane.frontSinceMs, 50);
  unit.answer(2);
  equal(unit.lane.meanServiceUs, 500);
});

test('SerialLane stays slow until its first request is answered to the end', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  owner.send(unit, 'a');
  unit.lane.noteSlow();
  owner.clock.advance(100);
  unit.send(responseFrame(FRAME.response, 1, 'hel'));
  equal(unit.lane.pace, 'slow');
  equal(unit.lane.meanServiceUs, Infinity);
  unit.send(renderFrame(FRAME.end, 1));
  equal(unit.lane.pace, 'prompt');
  equal(unit.lane.meanServiceUs, 100_000);
});

test('SerialLane passes on which requests the worker gives back, in their place among the answers', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  for (const name of ['a', 'b', 'c']) owner.send(unit, name);
  unit.send(responseFrame(FRAME.responseWhole, 1), renderWords(FRAME.recalled, 0, [3]));
  unit.send(renderFrame(FRAME.recalled, 0));
  deepEqual(owner.told, ['answered', 'recalled 3', 'read', 'recalled ', 'read']);
});

test('takeBack() gives calls in the order in which they were sent, whatever the order of their streams', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => owner.send(unit, name)) as [
    SerialCall,
    SerialCall,
    SerialCall,
    SerialCall,
  ];
  owner.clock.advance(5);
  deepEqual(unit.lane.takeBack(new Set([4, 2, 77])), [b, d]);
  deepEqual(unit.lane.calls.takeAll(), [a, c]);
  equal(unit.lane.frontSinceMs, 0, 'the first one still is');
});

test('takeBack() starts the time anew when it takes the first', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  for (const name of ['a', 'b']) owner.send(unit, name);
  owner.clock.advance(5);
  unit.lane.takeBack(new Set([1]));
  equal(unit.lane.frontSinceMs, 5);
});

test('SerialLane asks its owner to open the file that a worker names', () => {
  const owner = new FakeLaneOwner();
  const unit = owner.connect();
  owner.send(unit, 'a');
  unit.send(responseFrame(FRAME.response, 1), renderFrame(FRAME.file, 1, Buffer.alloc(40)));
  deepEqual(owner.told, ['file 1', 'read']);
});
