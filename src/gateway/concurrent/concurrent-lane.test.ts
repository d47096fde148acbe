// How a lane cuts frames, and what it takes for a fault of the worker, by which all streams of the lane are lost.

import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FRAME, FRAME_LIMITS, renderFrame, writeFrameHeader } from '../../protocol/lanes/frames.ts';
import { responseFrame } from '../fake-worker.ts';
import { joinWrites } from '../serial/fake-lane-owner.ts';
import { ConcurrentStory } from './concurrent-story.ts';
import type { FakeConcurrentWorker } from './fake-concurrent-worker.ts';

test('ConcurrentLane takes frames however they are cut', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  const exchanges = story.askAll('a', 'b');
  story.arrivals(worker);
  const bytes = Buffer.concat([
    responseFrame(FRAME.response, worker.streamOf('a'), 'one'),
    responseFrame(FRAME.responseWhole, worker.streamOf('b'), 'b'),
    worker.frame(FRAME.data, 'a', 'two'),
    worker.frame(FRAME.end, 'a'),
  ]);
  for (const byte of bytes) worker.send(Buffer.of(byte));
  deepEqual(joinWrites(exchanges[0]?.told ?? []), ['begin 200 undefined', 'write onetwo', 'end']);
  deepEqual(exchanges[1]?.told, ['respond 200 b']);
  equal(story.logged.length, 0);
});

const tooLong = (stream: number): Buffer => {
  const header = Buffer.alloc(8);
  writeFrameHeader(header, 0, FRAME_LIMITS.payloadBytesMax + 1, FRAME.data, stream);
  return header;
};

/** `a` is a request, `w` a WebSocket that was accepted, `h` a handshake. */
const FAULTS: Readonly<Record<string, (worker: FakeConcurrentWorker) => Buffer>> = {
  'a stream that is not open': () => renderFrame(FRAME.end, 77),
  'a frame of the edge': (worker) => worker.frame(FRAME.body, 'a'),
  'an unknown type': (worker) => worker.frame(200, 'a'),
  'an unknown type for a WebSocket': (worker) => worker.frame(200, 'w'),
  'a payload that is too long': (worker) => tooLong(worker.streamOf('a')),
  'data before the head': (worker) => worker.frame(FRAME.data, 'a', 'body'),
  'a head that is longer than its frame': (worker) => worker.frame(FRAME.response, 'a', Buffer.of(9, 0, 0, 0)),
  'a head without a status': (worker) => responseFrame(FRAME.response, worker.streamOf('a'), '', 'OK'),
  'a break in a field': (worker) => responseFrame(FRAME.responseWhole, worker.streamOf('a'), '', '200\0x\0y\r\nz: 1'),
  'hints with a break': (worker) => worker.frame(FRAME.hints, 'a', 'link\0\r\n'),
  'trailers without a name': (worker) => worker.frame(FRAME.trailers, 'a', '\0value'),
  'an acceptance of an ordinary request': (worker) => worker.frame(FRAME.wsAccept, 'a', ''),
  'a message before the acceptance': (worker) => worker.frame(FRAME.workerWsText, 'h', 'early'),
  'a second acceptance': (worker) => worker.frame(FRAME.wsAccept, 'w', ''),
  'an acceptance with a break': (worker) => worker.frame(FRAME.wsAccept, 'h', '\0x\0\r\ny: 1'),
  'a response behind an acceptance': (worker) => responseFrame(FRAME.response, worker.streamOf('w'), ''),
};

for (const [name, render] of Object.entries(FAULTS)) {
  test(`ConcurrentLane: ${name} is a fault, and the lane is lost`, (t) => {
    const story = new ConcurrentStory(t);
    const worker = story.connect(1);
    const exchanges = [story.ask('a'), story.shake('h'), story.shake('w')];
    story.arrivals(worker);
    worker.accept('w');
    story.begin(worker, 'w');
    worker.send(render(worker), worker.frame(FRAME.failed, 'a', 'never read'));
    equal(worker.socket.isDestroyed, true);
    deepEqual(
      exchanges.map(({ told }) => told.at(-1)),
      ['refuse 502', 'refuse 502', 'close 1012'],
    );
    equal(story.logged[0]?.startsWith('error worker w1 (pid 101) broke the lane protocol: '), true, story.logged[0]);
    story.expectRest();
  });
}

test('ConcurrentLane: a second head for one response is a fault, and what was sent is cut', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  const exchange = story.ask('a');
  story.arrivals(worker);
  story.begin(worker, 'a');
  worker.begin('a', 'part');
  worker.begin('a', 'again');
  deepEqual(exchange.told, ['begin 200 undefined', 'write part', 'cut']);
  equal(worker.socket.isDestroyed, true);
});
