// Workers that are replaced, and event loops that do not turn.

import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FRAME, renderWords } from '../../protocol/lanes/frames.ts';
import { ConcurrentStory, toldOf } from './concurrent-story.ts';

test('ConcurrentGateway sends DRAIN to a worker that is replaced, nothing more, and says when it is quiet', (t) => {
  const story = new ConcurrentStory(t);
  const old = story.connect(1);
  const exchanges = story.askAll('a', 'b');
  story.arrivals(old);
  story.setWorkers({ active: [2], draining: [1] });
  deepEqual(story.arrivals(old), ['drain']);
  const next = story.connect(2);
  exchanges.push(story.ask('c'));
  deepEqual(
    [old, next].map((worker) => story.arrivals(worker)),
    [[], ['request c']],
  );
  old.answer('a', 'a');
  deepEqual(story.quiet, []);
  old.answer('b', 'b');
  deepEqual(new Set(story.quiet), new Set([1]));
  story.lose(old); // It closes its lane by itself.
  deepEqual(story.logged, []);
  deepEqual(toldOf(exchanges), ['respond 200 a', 'respond 200 b', '']);
});

test('ConcurrentGateway sends DRAIN once, and a worker without streams is quiet at once', (t) => {
  const story = new ConcurrentStory(t);
  const old = story.connect(1);
  for (let turn = 0; turn < 3; turn += 1) story.setWorkers({ active: [2], draining: [1] });
  deepEqual(story.arrivals(old), ['drain']);
  deepEqual(new Set(story.quiet), new Set([1]));
});

test('ConcurrentGateway drains a worker that dials in only when it is draining already', (t) => {
  const story = new ConcurrentStory(t);
  story.setWorkers({ active: [2], draining: [1] });
  const late = story.connect(1);
  deepEqual(story.arrivals(late), ['drain']);
  story.ask('a');
  deepEqual(story.arrivals(late), []);
});

test('ConcurrentGateway closes the WebSockets of a worker whose time is over, and nothing else', (t) => {
  const story = new ConcurrentStory(t);
  const [old, next] = [story.connect(1), story.connect(2)];
  const exchanges = [story.shake('w'), story.shake('other'), story.ask('h'), story.shake('x')];
  story.arrivals(old);
  story.arrivals(next);
  old.accept('w');
  next.accept('other');
  story.setWorkers({ active: [2], draining: [1] });
  equal(exchanges[0]?.told.length, 1);
  story.setWorkers({ active: [2], draining: [1], closing: [1] });
  deepEqual(toldOf(exchanges), ['accept; close 1012 service restart', 'accept', '', '']);
  exchanges[0]?.webSocket?.onClose(1012, '');
  deepEqual(story.arrivals(old).slice(-1), ['close w 1012']);
});

test('ConcurrentGateway gives to others what a worker that ends by itself gives back, and sends it nothing more', (t) => {
  const story = new ConcurrentStory(t);
  const leaving = story.connect(1);
  const exchanges = story.askAll('a', 'b', 'c');
  story.arrivals(leaving);
  story.begin(leaving, 'a');
  const recalled = ['b', 'c'].map((name) => leaving.streamOf(name));
  leaving.send(renderWords(FRAME.recalled, 0, [...recalled, 1_000_000]));
  equal(story.waiting, 2);
  exchanges.push(story.ask('d'));
  story.setWorkers({ active: [1, 2] }); // The other is still to come.
  deepEqual(story.arrivals(leaving), []);
  const next = story.connect(2);
  deepEqual(story.arrivals(next), ['request b', 'request c', 'request d']);
  for (const name of ['b', 'c', 'd']) next.answer(name, name);
  leaving.answer('a', 'a');
  deepEqual(
    toldOf(exchanges),
    ['a', 'b', 'c', 'd'].map((name) => `respond 200 ${name}`),
  );
  deepEqual(story.logged, []);
  story.expectRest();
});

test('ConcurrentGateway asks four times in the timeout whether a loop turns, while streams are open', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  story.pass(20_000);
  deepEqual(worker.receive(), [], 'nothing is open');
  story.ask('a');
  for (let turn = 0; turn < 8; turn += 1) {
    story.pass(2250);
    deepEqual(
      worker.receive().filter((frame) => frame === 'ping'),
      ['ping'],
    );
    worker.pong();
  }
  deepEqual(story.stuck, []);
  worker.answer('a', 'a');
  story.pass(3000);
  worker.pong();
  story.pass(500);
  equal(story.isWatching, false);
});

test('ConcurrentGateway gives up a worker whose loop does not turn, and reports it once', (t) => {
  const story = new ConcurrentStory(t);
  const stuck = story.connect(1);
  const exchanges = [story.ask('a'), story.ask('b'), story.shake('w'), story.ask('d')];
  story.arrivals(stuck);
  stuck.begin('a', 'part');
  stuck.accept('w');
  story.begin(stuck, 'w');
  story.pass(10_500);
  const [report, ...more] = story.stuck;
  deepEqual(more, []);
  const { seconds, ...rest } = report ?? { seconds: 0 };
  equal(seconds, 8);
  deepEqual(rest, { worker: 1, pid: 101, unit: 0, requestId: 'w', method: 'GET', path: '/w', isLoop: true });
  deepEqual(toldOf(exchanges), [
    'begin 200 undefined; write part; cut',
    'refuse 504',
    'accept; close 1012',
    '', // It was not begun.
  ]);
  const next = story.connect(2);
  deepEqual(story.arrivals(next), ['request d']);
  story.ask('e');
  deepEqual(story.arrivals(next), ['request e']);
  equal(stuck.receive().includes('request e'), false);
});

test('ConcurrentGateway gives up a worker that is draining and does not turn its loop', (t) => {
  const story = new ConcurrentStory(t);
  const stuck = story.connect(1);
  const exchange = story.ask('a');
  story.arrivals(stuck);
  story.begin(stuck, 'a');
  story.setWorkers({ active: [2], draining: [1] });
  story.pass(10_500);
  deepEqual(exchange.told, ['refuse 504']);
  equal(story.stuck.length, 1);
});

test('ConcurrentGateway waits for ever without a timeout', (t) => {
  const story = new ConcurrentStory(t, { timeoutMs: 0 });
  const worker = story.connect(1);
  story.ask('a');
  story.pass(100_000);
  deepEqual(worker.receive(), ['request a']);
  deepEqual(story.stuck, []);
});

test('ConcurrentGateway moves and fails requests whatever the worker sent before it was lost', (t) => {
  const story = new ConcurrentStory(t);
  const [lost, next] = [story.connect(1), story.connect(2)];
  const socket = story.shake('w');
  story.arrivals(lost);
  story.begin(lost, 'w');
  lost.accept('w');
  lost.tell(FRAME.workerWsText, 'w', 'last words');
  story.lose(lost);
  deepEqual(socket.told, ['accept', 'text last words', 'close 1012']);
  socket.webSocket?.onMessage(true, Buffer.from('nobody hears it'));
  socket.webSocket?.onDrain();
  socket.webSocket?.onClose(1012, '');
  deepEqual(story.arrivals(next), []);
  story.expectRest();
});
