import { deepEqual, equal, ok } from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { FRAME, FRAME_LIMITS, renderFrame } from '../../protocol/lanes/frames.ts';
import type { FakeExchange } from '../../relay/fake-exchange.ts';
import type { FakeUnit } from '../fake-worker.ts';
import { readRequest, responseFrame } from '../fake-worker.ts';
import { prefetchDepth, SCHEDULE } from './schedule.ts';
import { FAST_US, SLOW_MS, SLOW_US, Story } from './serial-story.ts';

const toldOf = (exchanges: readonly FakeExchange[]): string[] => exchanges.map(({ told }) => told.join('; '));

test('SerialGateway sends a request to an idle lane as one REQUEST frame, and its answer to the client', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  const body = Buffer.from('some bytes');
  const exchange = story.ask('a', { method: 'POST', query: 'q=1', fields: [['Cookie', 'c']], body });
  equal(story.loads[0], 1);
  story.turn();
  const [frame, more] = unit.socket.takeFrames();
  equal(more, undefined);
  ok(frame !== undefined);
  const { request, block, ...rest } = readRequest(frame);
  deepEqual(request.slice(0, 7), ['POST', '/a', 'q=1', '/a?q=1', '192.0.2.1', '40000', 'a']);
  deepEqual(request.slice(7), ['HTTP_COOKIE', 'c', 'CONTENT_LENGTH', '10']);
  deepEqual(block.slice(0, 4), ['SERVER_NAME', 'example.org', 'SERVER_PORT', '80']);
  deepEqual(rest, { flags: 2, slot: 0, body });
  unit.send(responseFrame(FRAME.responseWhole, frame.stream, 'hello'));
  deepEqual(exchange.told, ['respond 200 hello']);
  story.expectRest();
});

test('SerialGateway sends what one turn of the loop brings for a lane in one write', (t) => {
  const story = new Story(t);
  const units = [story.connect(1, { meanUs: FAST_US }), story.connect(2, { meanUs: FAST_US })];
  story.askAll('a', 'b', 'c', 'd');
  equal(units[0]?.socket.writes.length, 0);
  story.turn();
  deepEqual(
    units.map((unit) => [unit.socket.writes.length, unit.receive().length]),
    [
      [1, 2],
      [1, 2],
    ],
  );
  story.ask('e');
  story.turn();
  equal(units[0].socket.writes.length, 2);
});

test('SerialGateway numbers streams over all lanes, from one to the highest and around', (t) => {
  const story = new Story(t, { firstStream: FRAME_LIMITS.streamMax - 2 });
  const units = [1, 2, 3].map((worker) => story.connect(worker));
  story.askAll('a', 'b', 'c');
  story.turn();
  deepEqual(
    units.map((unit) => unit.socket.takeFrames()[0]?.stream),
    [FRAME_LIMITS.streamMax - 1, FRAME_LIMITS.streamMax, 1],
  );
});

test('SerialGateway sends nothing ahead before it knows how fast the application is', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  story.askAll('a', 'b');
  deepEqual(story.arrivals(unit), ['a']);
  equal(story.waiting, 1);
  story.clock.advance(1);
  unit.answer();
  deepEqual(story.arrivals(unit), ['b']);
  story.ask('c');
  deepEqual(story.arrivals(unit), ['c'], 'a millisecond is fast enough');
  equal(story.waiting, 0);
});

test('SerialGateway sends as much ahead as the schedule says, more while requests wait, and an answer makes room', (t) => {
  const story = new Story(t);
  const unit = story.connect(1, { meanUs: FAST_US });
  const names = Array.from({ length: 14 }, (_, index) => `${index}`);
  story.askAll(...names);
  const depth = prefetchDepth(FAST_US);
  deepEqual(story.arrivals(unit), names.slice(0, depth));
  equal(story.waiting, names.length - depth);
  unit.answer();
  // Half of those that wait, as long as they are more than those on the lane: 2 and 11, 3 and 10, 4 and 9.
  deepEqual(story.arrivals(unit), names.slice(depth, 6));
  equal(story.waiting, 8);
});

test('SerialGateway sends nothing ahead to a slow application', (t) => {
  const story = new Story(t);
  const unit = story.connect(1, { meanUs: SCHEDULE.prefetchMeanMaxUs + 1 });
  story.askAll('a', 'b', 'c');
  story.pass(10);
  deepEqual(story.arrivals(unit), ['a']);
});

test('SerialGateway prefers an idle lane, and among these the one used last', (t) => {
  const story = new Story(t);
  const units = [1, 2].map((worker) => story.connect(worker, { meanUs: FAST_US })) as [FakeUnit, FakeUnit];
  const arrivals = (): string[][] => units.map((unit) => story.arrivals(unit));
  story.askAll('a', 'b');
  deepEqual(arrivals(), [['a'], ['b']]);
  for (const unit of units) unit.answer();
  story.ask('c');
  deepEqual(arrivals(), [[], ['c']]);
  story.ask('d');
  deepEqual(arrivals(), [['d'], []]);
});

test('SerialGateway lets requests wait until a worker is there and active', (t) => {
  const story = new Story(t);
  story.activate();
  story.ask('a');
  const unit = story.connect(1);
  deepEqual(story.arrivals(unit), []);
  story.activate(1);
  deepEqual(story.arrivals(unit), ['a']);
  story.ask('b');
  deepEqual(story.arrivals(story.connect(1, { unit: 1 })), ['b']);
});

test('SerialGateway takes back what waits behind a slow request, to the front of the queue, and sends it elsewhere', (t) => {
  const story = new Story(t);
  const control = story.control(1);
  const slow = story.connect(1, { unit: 3, meanUs: FAST_US });
  const exchanges = story.askAll('a', 'b', 'c', 'd');
  deepEqual(story.arrivals(slow), ['a', 'b', 'c']);
  story.pass(SLOW_MS);
  deepEqual(control.takeOrders(), ['recall 3']);
  story.pass(50);
  deepEqual(control.takeOrders(), [], 'it is asked once');
  slow.giveBack();
  equal(story.waiting, 3);
  equal(story.loads[slow.lane.slot], 1);
  const other = story.connect(2, { meanUs: SLOW_US });
  for (const name of ['b', 'c', 'd']) {
    deepEqual(story.arrivals(other), [name]);
    other.answer();
  }
  deepEqual(story.arrivals(slow), []);
  slow.answer();
  deepEqual(toldOf(exchanges), ['respond 200 a', 'respond 200 b', 'respond 200 c', 'respond 200 d']);
  equal(slow.lane.isOpen, true);
  story.expectRest();
});

test('SerialGateway sends less ahead after a recall', (t) => {
  const story = new Story(t);
  story.control(1);
  const unit = story.connect(1, { meanUs: 4000 });
  story.askAll(...Array.from({ length: 30 }, (_, index) => `${index}`));
  story.pass(20);
  equal(unit.lane.depth, 6, 'one, and twenty milliseconds of work');
  story.pass(10);
  unit.giveBack();
  unit.lane.meanServiceUs = 1000; // With the slow one, it comes to 3.9 ms.
  unit.answer();
  equal(unit.lane.depth, 3, 'one, and ten milliseconds of work');
});

test('SerialGateway takes a slow lane into use again when another thread leaves room', (t) => {
  const story = new Story(t, { threads: 2 });
  story.control(1);
  const unit = story.connect(1, { meanUs: FAST_US });
  story.loadByOthers(unit, 1);
  story.ask('a');
  deepEqual(story.arrivals(unit), ['a']);
  story.pass(SLOW_MS);
  unit.giveBack(0);
  story.pass(SLOW_MS);
  deepEqual(story.arrivals(unit), []);
  story.progressByOthers(unit);
  story.gateway.takeRoom();
  deepEqual(story.arrivals(unit), ['a']);
});

test('SerialGateway sends nothing behind a request that takes longer than it should, before it is slow', (t) => {
  const story = new Story(t);
  const late = story.connect(1, { meanUs: FAST_US });
  const [a] = story.askAll('a', 'b');
  deepEqual(story.arrivals(late), ['a', 'b']);
  story.pass(5);
  story.ask('c');
  deepEqual(story.arrivals(late), []);
  late.answer();
  deepEqual(a?.told, ['respond 200 a']);
  deepEqual(story.arrivals(late), ['c']);
});

test('SerialGateway sends nothing behind a request of another thread that takes longer than it should', (t) => {
  const story = new Story(t, { threads: 2 });
  const unit = story.connect(1, { meanUs: FAST_US });
  story.loadByOthers(unit, 1);
  story.pass(5);
  story.ask('a');
  deepEqual(story.arrivals(unit), []);
  story.progressByOthers(unit);
  story.gateway.takeRoom();
  deepEqual(story.arrivals(unit), ['a']);
});

test('takeRoom() leaves a lane alone whose slow request still runs', (t) => {
  const story = new Story(t);
  const unit = story.connect(1, { meanUs: FAST_US });
  story.ask('a');
  story.pass(SLOW_MS);
  story.ask('b');
  story.gateway.takeRoom();
  deepEqual(story.arrivals(unit), ['a']);
});

test('SerialGateway leaves every other place that becomes free to other threads in which requests wait', (t) => {
  const story = new Story(t, { threads: 2 });
  const unit = story.connect(1, { meanUs: SLOW_US });
  story.othersWait = true;
  story.askAll('a', 'b', 'c', 'd');
  deepEqual(story.arrivals(unit), ['a']);
  unit.answer();
  deepEqual(story.arrivals(unit), []);
  equal(story.roomOffers, 1);
  story.gateway.takeRoom();
  deepEqual(story.arrivals(unit), ['b'], 'the other thread has had its turn');
  unit.answer();
  deepEqual(story.arrivals(unit), ['c']);
  equal(story.roomOffers, 1);
  unit.answer();
  deepEqual(story.arrivals(unit), []);
  equal(story.roomOffers, 2);
});

test('SerialGateway sends what it takes back elsewhere at once, whoever else waits', (t) => {
  const story = new Story(t, { threads: 2 });
  story.control(1);
  const slow = story.connect(1, { meanUs: FAST_US });
  story.askAll('a', 'b');
  story.pass(SLOW_MS);
  const other = story.connect(2);
  story.othersWait = true;
  slow.giveBack();
  deepEqual(story.arrivals(other), ['b']);
});

test('SerialGateway takes its own places while no other thread waits', (t) => {
  const story = new Story(t, { threads: 2 });
  const unit = story.connect(1, { meanUs: SLOW_US });
  story.askAll('a', 'b', 'c');
  for (const name of ['a', 'b', 'c']) {
    deepEqual(story.arrivals(unit), [name]);
    unit.answer();
  }
  equal(story.roomOffers, 1, 'after the last');
});

test('SerialGateway looks again at a place that it has left and nobody has taken', (t) => {
  const story = new Story(t, { threads: 2 });
  const unit = story.connect(1);
  story.othersWait = true;
  story.askAll('a', 'b');
  story.turn();
  unit.answer();
  story.pass(10);
  deepEqual(story.arrivals(unit), ['b']);
});

test('SerialGateway drains a worker that is replaced: what has not begun goes elsewhere, DRAIN follows what runs', (t) => {
  const story = new Story(t);
  const control = story.control(1);
  const old = story.connect(1, { meanUs: FAST_US });
  const exchanges = story.askAll('a', 'b', 'c');
  deepEqual(story.arrivals(old), ['a', 'b', 'c']);
  const fresh = story.connect(2, { meanUs: FAST_US });
  story.activate(2);
  deepEqual(control.takeOrders(), ['recall 0']);
  old.giveBack();
  deepEqual(story.arrivals(fresh), ['b', 'c']);
  deepEqual(story.arrivals(old), []);
  equal(old.isDrained, false);
  deepEqual([...story.quiet], []);
  old.answer();
  deepEqual(story.arrivals(old), []);
  equal(old.isDrained, true);
  deepEqual([...story.quiet], [1]);
  fresh.answer(2);
  ok(exchanges.every(({ isOver }) => isOver));
  story.expectRest();
});

test('SerialGateway says that a drained worker is quiet when what was taken back was all it had', (t) => {
  const story = new Story(t);
  story.control(1);
  const old = story.connect(1, { meanUs: FAST_US });
  story.askAll('a', 'b');
  story.turn();
  story.activate(2);
  old.giveBack(0);
  deepEqual(story.arrivals(old), []);
  equal(old.isDrained, true);
  deepEqual([...story.quiet], [1]);
  equal(story.waiting, 2);
});

test('SerialGateway waits for the whole body before it looks for a lane', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  const exchange = story.ask('a', { method: 'POST', isChunked: true });
  exchange.sink?.data(Buffer.from('some '));
  equal(story.loads[0], 0);
  exchange.sink?.data(Buffer.from('bytes'));
  exchange.sink?.end();
  story.turn();
  deepEqual(unit.socket.takeFrames().map(readRequest)[0]?.body.toString(), 'some bytes');
});

test('SerialGateway keeps what time a request spent in the queue and in the application, if somebody wants to know', (t) => {
  const story = new Story(t, { keepsTimes: true });
  const { watcher } = story.ask('a');
  story.pass(30);
  equal(watcher?.times, undefined);
  const unit = story.connect(1);
  story.turn();
  story.clock.advance(4);
  deepEqual(watcher?.times, { queueMs: 30, appMs: 4 });
  story.clock.advance(3);
  unit.answer();
  story.clock.advance(50);
  deepEqual(watcher?.times, { queueMs: 30, appMs: 7 });
});

for (const isThere of [true, false]) {
  test(`SerialGateway reads nothing from a worker while it opens its file, which ${isThere ? 'is' : 'is not'} there`, async (t) => {
    const story = new Story(t);
    const unit = story.connect(1);
    const exchange = story.ask('a');
    story.turn();
    const stream = unit.streamOf('a');
    const { dev, ino } = statSync(import.meta.filename, { bigint: true });
    const words = Buffer.from(BigUint64Array.of(0n, 7n, dev, isThere ? ino : 0n).buffer);
    const opened = Promise.withResolvers<void>();
    unit.socket.resume = () => opened.resolve();
    const payload = Buffer.concat([words, Buffer.from(import.meta.filename)]);
    unit.send(responseFrame(FRAME.response, stream), renderFrame(FRAME.file, stream, payload));
    equal(unit.socket.isPaused, true);
    await opened.promise;
    story.turn();
    deepEqual(
      unit.socket.takeFrames().map((frame) => [frame.type, frame.stream]),
      [[isThere ? FRAME.fileOpened : FRAME.fileRefused, stream]],
    );
    deepEqual(exchange.told, ['begin 200 undefined', ...(isThere ? ['file 7'] : [])]);
  });
}

test('SerialGateway looks at its lanes while something is under way, and rests otherwise', (t) => {
  const story = new Story(t);
  equal(story.isWatching, false);
  const unit = story.connect(1);
  for (const name of ['a', 'b']) {
    story.ask(name);
    story.pass(SLOW_MS);
    equal(story.isWatching, true, 'one runs');
    unit.answer();
    story.pass(10);
    equal(story.isWatching, false);
  }
  story.lose(unit);
  const waiting = story.ask('c');
  story.pass(SLOW_MS);
  equal(story.isWatching, true, 'one waits');
  waiting.leave();
  story.pass(10);
  equal(story.isWatching, false);
});
