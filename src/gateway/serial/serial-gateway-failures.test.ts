import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PassingResponder } from '../../protocol/http/passing-responder.ts';
import { FRAME, renderFrame } from '../../protocol/lanes/frames.ts';
import { FakeExchange } from '../../relay/fake-exchange.ts';
import { FakeSocket, responseFrame } from '../fake-worker.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import { FAST_US, SLOW_MS, SLOW_US, Story } from './serial-story.ts';

const TIMEOUT_MS = 5000;
/** After this long everything that is due has been done: timeouts are looked at four times a second. */
const SOON_MS = 250;

const toldOf = (exchanges: readonly FakeExchange[]): string[] => exchanges.map(({ told }) => told.join('; '));

test('SerialGateway refuses what the queue cannot hold with 503, and says so', (t) => {
  const story = new Story(t, { queueMax: 2 });
  const exchanges = story.askAll('a', 'b', 'c', 'd', 'e');
  deepEqual(toldOf(exchanges), ['', '', ...Array<string>(3).fill('refuse 503 Retry-After: 1')]);
  equal(story.waiting, 2);
  deepEqual(story.logged, [
    'warning overload: 1 requests refused with 503 (1 found the queue full), 2 waiting in the queue (limit 2)',
  ]);
});

test('SerialGateway reads no body for which there is no place in the queue', (t) => {
  const story = new Story(t, { queueMax: 1 });
  const body = { method: 'POST', isChunked: true };
  const early = story.ask('early', body);
  ok(early.sink !== undefined);
  story.ask('waits');
  const late = story.ask('late', body);
  equal(late.sink, undefined);
  deepEqual(late.told, ['refuse 503 Retry-After: 1']);
  const none = new Story(t, { queueMax: 0 });
  deepEqual(none.ask('refused', body).told, ['refuse 503 Retry-After: 1']);
  none.connect(1);
  ok(none.ask('taken', body).sink !== undefined, 'a worker is idle');
});

test('SerialGateway refuses what has waited too long with 503, and nothing younger', (t) => {
  const story = new Story(t, { queueTimeoutMs: 1000 });
  const exchanges = story.askAll('a', 'b');
  story.pass(500);
  exchanges.push(story.ask('c'));
  story.pass(490);
  deepEqual(toldOf(exchanges), ['', '', '']);
  story.pass(SOON_MS);
  deepEqual(toldOf(exchanges), ['refuse 503 Retry-After: 1', 'refuse 503 Retry-After: 1', '']);
  equal(story.waiting, 1);
  exchanges[0]?.leave();
  equal(story.waiting, 1, 'the one that was refused does not count twice');
  story.pass(500);
  story.expectRest();
});

test('SerialGateway counts the time in the queue from the first of it, also when the request was sent in between', (t) => {
  const story = new Story(t, { queueTimeoutMs: 1000 });
  const unit = story.connect(1, { meanUs: SLOW_US });
  const [, b] = story.askAll('a', 'b') as [FakeExchange, FakeExchange];
  story.turn();
  story.pass(600);
  unit.answer();
  deepEqual(story.arrivals(unit), ['b']);
  story.lose(unit);
  deepEqual(b.told, []);
  story.pass(400 + SOON_MS);
  deepEqual(b.told, ['refuse 503 Retry-After: 1']);
  story.expectRest();
});

test('SerialGateway refuses a body that is too large with 413, before it is read if its length is declared', (t) => {
  const story = new Story(t, { bodyBytesMax: 10 });
  const declared = story.ask('a', { method: 'POST', body: Buffer.alloc(11) });
  const chunked = story.ask('b', { method: 'POST', isChunked: true });
  chunked.sink?.data(Buffer.alloc(10));
  deepEqual(toldOf([declared, chunked]), ['refuse 413', '']);
  chunked.sink?.data(Buffer.alloc(1));
  chunked.sink?.end();
  deepEqual(toldOf([declared, chunked]), ['refuse 413', 'refuse 413']);
  equal(declared.sink, undefined);
  deepEqual(story.logged, ['info request b POST /b: body over 10 bytes']);
  story.expectRest();
});

test('SerialGateway forgets a request whose client leaves before its body is whole', (t) => {
  const story = new Story(t);
  const exchanges = ['a', 'b'].map((name) => story.ask(name, { method: 'POST', isChunked: true })) as [
    FakeExchange,
    FakeExchange,
  ];
  for (const { sink } of exchanges) sink?.data(Buffer.from('some bytes'));
  const [a, b] = exchanges;
  a.sink?.fail('left');
  a.leave();
  b.leave();
  b.sink?.end();
  deepEqual(story.arrivals(story.connect(1)), []);
  deepEqual(toldOf(exchanges), ['', '']);
  deepEqual(story.logged, []);
  story.expectRest();
});

test('SerialGateway gives up the request that the board names; the one before it, answered and not sent, runs again', (t) => {
  const story = new Story(t, { timeoutMs: TIMEOUT_MS });
  const unit = story.connect(1, { meanUs: FAST_US });
  const [a, b] = story.askAll('a', 'b') as [FakeExchange, FakeExchange];
  story.begin(unit, 'b');
  story.pass(TIMEOUT_MS);
  deepEqual(story.stuck, []);
  story.pass(SOON_MS);
  deepEqual(
    story.stuck.map(({ requestId, worker, seconds }) => [requestId, worker, seconds]),
    [['b', 1, 5]],
  );
  deepEqual(toldOf([a, b]), ['', 'refuse 504']);
  story.ask('c');
  deepEqual(story.arrivals(unit), [], 'its worker gets nothing more');
  story.lose(unit);
  const other = story.connect(2, { meanUs: FAST_US });
  deepEqual(story.arrivals(other), ['a', 'c']);
  other.answer(2);
  deepEqual(toldOf([a, b]), ['respond 200 a', 'refuse 504']);
  equal(story.stuck.length, 1);
  story.expectRest();
});

test('SerialGateway fails what ran on a lost lane and sends the rest again, the unsafe ones before it excepted', (t) => {
  const story = new Story(t);
  const unit = story.connect(1, { meanUs: FAST_US / 2 });
  const safe = ['GET', 'HEAD', 'OPTIONS'].map((method) => story.ask(method, { method }));
  const unsafe = story.ask('unsafe', { method: 'POST' });
  const running = story.ask('running');
  const later = story.ask('later', { method: 'POST' });
  story.begin(unit, 'running');
  story.lose(unit);
  deepEqual(toldOf([unsafe, running, later]), ['refuse 502', 'refuse 502', '']);
  deepEqual(story.logged, [
    'error request unsafe POST /unsafe was lost with worker w1 (pid 101)',
    'error request running GET /running was lost with worker w1 (pid 101)',
  ]);
  equal(story.waiting, 4);
  equal(story.loads[unit.lane.slot], 0);
  const other = story.connect(2, { meanUs: FAST_US / 2 });
  deepEqual(story.arrivals(other), ['GET', 'HEAD', 'OPTIONS', 'later']);
  other.answer(4);
  deepEqual(toldOf(safe), ['respond 200 GET', 'respond 200 HEAD', 'respond 200 OPTIONS']);
  story.expectRest();
});

test('SerialGateway cuts a response that had begun when its lane was lost', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  const exchange = story.ask('a');
  story.begin(unit, 'a');
  unit.send(responseFrame(FRAME.response, unit.streamOf('a'), 'hel'));
  story.lose(unit);
  deepEqual(exchange.told, ['begin 200 undefined', 'write hel', 'cut']);
  story.expectRest();
});

test('SerialGateway hands a request that never began to so many workers and no more', (t) => {
  const story = new Story(t);
  const exchange = story.ask('a');
  for (let retries = 0; retries <= GATEWAY_LIMITS.retriesMax; retries += 1) {
    deepEqual(exchange.told, []);
    const unit = story.connect(1);
    deepEqual(story.arrivals(unit), ['a']);
    story.lose(unit);
  }
  deepEqual(exchange.told, ['refuse 502']);
  story.expectRest();
});

test('SerialGateway does not count it against a request that it was taken back', (t) => {
  const story = new Story(t);
  story.control(1);
  const unit = story.connect(1, { meanUs: FAST_US });
  story.askAll('a', 'b');
  for (let turn = 0; turn <= GATEWAY_LIMITS.retriesMax; turn += 1) {
    story.pass(SLOW_MS);
    unit.giveBack(0);
    story.pass(SLOW_MS);
  }
  deepEqual(
    story.exchanges.map(({ isOver }) => isOver),
    [false, false],
  );
});

test('SerialGateway closes a lane whose worker breaks the protocol, and its requests go elsewhere', (t) => {
  const story = new Story(t);
  const unit = story.connect(1, { meanUs: FAST_US });
  const exchanges = story.askAll('a', 'b');
  story.begin(unit, 'a');
  const other = story.connect(2);
  unit.send(renderFrame(FRAME.end, unit.streamOf('b')));
  match(story.logged[0] ?? '', /^error worker w1 \(pid 101\) broke the lane protocol: frame 132 for stream 2, which/);
  equal(unit.socket.isDestroyed, true);
  deepEqual(toldOf(exchanges), ['refuse 502', '']);
  deepEqual(story.arrivals(other), ['b']);
  story.lose(unit);
  equal(story.logged.length, 2, 'that it closes then is no news');
});

test('SerialGateway closes the lanes of workers that are gone', (t) => {
  const story = new Story(t);
  const [gone, other] = [story.connect(1), story.connect(2)];
  const exchanges = story.askAll('a', 'b');
  story.begin(gone, 'a');
  story.gateway.loseWorkers([1]);
  equal(gone.socket.isDestroyed, true);
  other.answer();
  deepEqual(toldOf(exchanges), ['refuse 502', 'respond 200 b']);
});

test('SerialGateway tells the worker of a client that has left, and its answer goes nowhere', (t) => {
  const story = new Story(t);
  const control = story.control(1);
  const unit = story.connect(1, { unit: 2, meanUs: FAST_US });
  const [a, b] = story.askAll('a', 'b') as [FakeExchange, FakeExchange];
  story.turn();
  b.leave();
  deepEqual(control.takeOrders(), [`abort 2 ${unit.streamOf('b')}`]);
  equal(unit.lane.depth, 2, 'it is still to be answered');
  unit.answer(2);
  deepEqual(toldOf([a, b]), ['respond 200 a', '']);
  a.leave();
  deepEqual(control.takeOrders(), []);
  story.expectRest();
});

test('SerialGateway drops a waiting request whose client has left, and sends it to nobody', (t) => {
  const story = new Story(t, { queueMax: 2 });
  const [a, b] = story.askAll('a', 'b') as [FakeExchange, FakeExchange];
  a.leave();
  equal(story.waiting, 1);
  equal(b.watcher?.onClientEnd(), true, 'it is dropped when its client seems to leave, too');
  equal(story.waiting, 0);
  story.ask('c');
  const unit = story.connect(1);
  deepEqual(story.arrivals(unit), ['c']);
  equal(story.exchanges[2]?.watcher?.onClientEnd(), false, 'it has been sent');
  unit.answer();
  deepEqual(toldOf([a, b]), ['', '']);
  story.expectRest();
});

test('SerialGateway does not send again what is taken back when its client has left', (t) => {
  const story = new Story(t);
  story.control(1);
  const unit = story.connect(1, { meanUs: FAST_US });
  const [, b] = story.askAll('a', 'b', 'c') as [FakeExchange, FakeExchange, FakeExchange];
  story.pass(SLOW_MS);
  b.leave();
  unit.giveBack();
  equal(story.waiting, 1);
  const other = story.connect(2, { meanUs: FAST_US });
  deepEqual(story.arrivals(other), ['c']);
  unit.answer();
  other.answer();
  deepEqual(b.told, []);
  story.expectRest();
});

test('SerialGateway does not send again what is lost when its client has left', (t) => {
  const story = new Story(t);
  const unit = story.connect(1, { meanUs: FAST_US });
  const exchanges = story.askAll('a', 'b');
  story.begin(unit, 'a');
  for (const exchange of exchanges) exchange.leave();
  story.lose(unit);
  deepEqual(story.arrivals(story.connect(2)), []);
  deepEqual(toldOf(exchanges), ['', '']);
  deepEqual(story.logged, []);
  story.expectRest();
});

test('SerialGateway gives back the spool file of a body that it refuses', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  const story = new Story(t, { queueMax: 0, spoolFolder: folder });
  const exchange = story.ask('a', { method: 'POST', body: Buffer.alloc(300_000) });
  for (let n = 0; n < 100 && !exchange.isOver; n += 1) {
    await delay(5);
  }
  deepEqual(exchange.told, ['refuse 503 Retry-After: 1']);
  for (let n = 0; n < 100 && story.gateway.services.space.usedBytes > 0; n += 1) {
    await delay(5);
  }
  story.expectRest();
  deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

test('SerialGateway tells that a draining worker is quiet when the last that it runs is stuck', (t) => {
  const story = new Story(t, { timeoutMs: 1000 });
  story.connect(1, { unit: 1 });
  story.connect(1);
  story.ask('x');
  story.activate();
  deepEqual([...story.quiet], []);
  story.pass(2000);
  equal(story.stuck.length, 1);
  deepEqual([...story.quiet], [1]);
});

test('SerialGateway refuses what has waited too long also behind what was sent, never begun and put back before it', (t) => {
  const story = new Story(t, { queueTimeoutMs: 1000 });
  const unit = story.connect(1, { meanUs: SLOW_US });
  const [, b] = story.askAll('a', 'b');
  story.turn();
  story.pass(900);
  story.lose(unit);
  story.pass(600);
  deepEqual(b?.told, ['refuse 503 Retry-After: 1']);
});

test('SerialGateway uses a lane again whose RECALL was lost with the control lane', (t) => {
  const story = new Story(t);
  const control = story.control(1);
  const unit = story.connect(1, { meanUs: FAST_US });
  story.askAll('a', 'b');
  story.pass(SLOW_MS);
  story.gateway.removeControl(1, control);
  story.gateway.addControl(1, new FakeSocket());
  story.turn();
  unit.answer(2);
  story.ask('c');
  story.pass(5000);
  deepEqual(story.arrivals(unit), ['c']);
});

test('SerialGateway takes a body that comes before its head for a fault of the worker', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  const a = story.ask('a');
  story.turn();
  unit.send(renderFrame(FRAME.data, unit.streamOf('a'), Buffer.from('raw')));
  match(story.logged[0] ?? '', /broke the lane protocol: a response that begins with its body/);
  deepEqual(a.told, []);
});

test('SerialGateway takes a second head of one response for a fault of the worker', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  const a = story.ask('a');
  story.turn();
  unit.send(
    responseFrame(FRAME.response, unit.streamOf('a'), 'x'),
    responseFrame(FRAME.responseWhole, unit.streamOf('a'), 'x'),
  );
  deepEqual(a.told.slice(-1), ['cut']);
});

test('SerialGateway forgets that a lane was slow when nothing is left on any', (t) => {
  const story = new Story(t, { threads: 2 });
  story.control(1);
  const unit = story.connect(1, { meanUs: FAST_US });
  const other = story.connect(2, { meanUs: FAST_US });
  story.loadByOthers(other, 200);
  story.loadByOthers(unit, 1);
  story.ask('a');
  deepEqual(story.arrivals(unit), ['a']);
  story.pass(SLOW_MS);
  unit.giveBack(0);
  story.loadByOthers(other, -200);
  story.pass(10);
  deepEqual(story.arrivals(other), ['a']);
  other.answer();
  story.pass(50);
  story.gateway.loseWorkers([2]);
  story.loadByOthers(unit, -1);
  story.ask('b');
  deepEqual(story.arrivals(unit), ['b']);
});

test('SerialGateway answers through the responder that stands in front of the client, and is told of the client by it', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  const exchange = new FakeExchange('a');
  const filter = new PassingResponder(exchange);
  exchange.responder = filter;
  equal(exchange.watcher, filter);
  story.gateway.submit(exchange);
  equal(exchange.watcher, filter, 'the filter still hears what happens');
  deepEqual(story.arrivals(unit), ['a']);
  exchange.leave();
  unit.answer();
  deepEqual(exchange.told, [], 'the call has heard that its client is gone');
  story.expectRest();
});
