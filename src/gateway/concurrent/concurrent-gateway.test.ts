import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { FRAME, FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import { ConcurrentStory, HANDSHAKE, toldOf } from './concurrent-story.ts';

const REFUSED = 'refuse 503 Retry-After: 1';

test('ConcurrentGateway sends a request as one REQUEST frame, and its answer to the client', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  const exchange = story.ask('a', {
    query: 'q=1',
    fields: [
      ['Accept', '*/*'],
      ['Cookie', 'c'],
    ],
  });
  deepEqual(story.arrivals(worker), ['request a']);
  const { flags, request, block, body } = worker.requests.get('a') ?? {};
  equal(flags, 0);
  deepEqual(request, ['GET', '/a', 'q=1', '192.0.2.1 40000', 'a', '1', 'cookie', 'c']);
  deepEqual(block, ['http', '1.1', 'example.org', '80', '', '', 'accept', '*/*']);
  equal(body?.length, 0);
  equal(story.loads[0], 1);
  worker.answer('a', 'hello');
  deepEqual(exchange.told, ['respond 200 hello']);
  story.expectRest();
});

test('ConcurrentGateway sends what one turn of the loop brings in one write, and answers in any order', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  const exchanges = story.askAll('a', 'b', 'c');
  deepEqual(story.arrivals(worker), ['request a', 'request b', 'request c']);
  equal(worker.socket.writes.length, 1);
  for (const name of ['c', 'a', 'b']) worker.answer(name, name);
  deepEqual(toldOf(exchanges), ['respond 200 a', 'respond 200 b', 'respond 200 c']);
  story.expectRest();
});

test('ConcurrentGateway gives a request to the worker with the least streams, of all edge threads', (t) => {
  const story = new ConcurrentStory(t);
  const workers = [story.connect(1), story.connect(2)];
  story.askAll('a', 'b', 'c', 'd');
  // Among units with equal loads the one used last is taken.
  deepEqual(
    workers.map((worker) => story.arrivals(worker)),
    [
      ['request a', 'request d'],
      ['request b', 'request c'],
    ],
  );
  Atomics.add(story.loads, 0, 1);
  story.askAll('e', 'f', 'g');
  deepEqual(
    workers.map((worker) => story.arrivals(worker)),
    [['request g'], ['request e', 'request f']],
  );
});

test('ConcurrentGateway numbers streams from one to the highest and around', (t) => {
  const story = new ConcurrentStory(t, { firstStream: FRAME_LIMITS.streamMax - 1 });
  const worker = story.connect(1);
  story.askAll('a', 'b');
  story.arrivals(worker);
  deepEqual([worker.streamOf('a'), worker.streamOf('b')], [FRAME_LIMITS.streamMax, 1]);
});

test('ConcurrentGateway lets wait what the workers have no room for, and nothing overtakes it', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1, 2);
  story.askAll('a', 'b', 'c', 'd');
  deepEqual(story.arrivals(worker), ['request a', 'request b']);
  worker.answer('b', 'b');
  story.ask('e');
  deepEqual(story.arrivals(worker), ['request c']);
  worker.answer('c', 'c');
  worker.answer('a', 'a');
  deepEqual(story.arrivals(worker), ['request d', 'request e']);
});

test('ConcurrentGateway sees room that another edge thread has left', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1, 1);
  Atomics.add(story.loads, 0, 1);
  story.ask('a');
  deepEqual(story.arrivals(worker), []);
  Atomics.sub(story.loads, 0, 1);
  story.pass(250);
  deepEqual(worker.receive(), ['request a']);
});

test('ConcurrentGateway lets requests wait until a worker is there and active', (t) => {
  const story = new ConcurrentStory(t);
  story.setWorkers({});
  story.ask('a');
  const worker = story.connect(1);
  deepEqual(story.arrivals(worker), []);
  story.setWorkers({ active: [1] });
  deepEqual(story.arrivals(worker), ['request a']);
  story.setWorkers({ active: [1, 2] });
  const other = story.connect(2);
  story.ask('b');
  deepEqual(story.arrivals(other), ['request b']);
});

test('ConcurrentGateway refuses what the queue has no room for, and says so', (t) => {
  const story = new ConcurrentStory(t, { queueMax: 2 });
  const exchanges = story.askAll('a', 'b', 'c', 'd');
  deepEqual(toldOf(exchanges), ['', '', REFUSED, REFUSED]);
  equal(story.logged.length, 1);
  match(story.logged[0] ?? '', /^warning overload: 1 requests refused with 503 .*, 2 waiting/);
});

test('ConcurrentGateway refuses what has waited for the time of the queue, oldest first', (t) => {
  const story = new ConcurrentStory(t);
  const exchanges = story.askAll('a');
  story.pass(1000);
  exchanges.push(story.ask('b'));
  story.pass(2000);
  deepEqual(toldOf(exchanges), [REFUSED, '']);
  story.pass(1000);
  deepEqual(toldOf(exchanges), [REFUSED, REFUSED]);
  story.pass(250);
  equal(story.isWatching, false);
});

test('ConcurrentGateway drops a request whose client leaves while it waits, and its place is free', (t) => {
  const story = new ConcurrentStory(t, { queueMax: 2 });
  const [a, b] = story.askAll('a', 'b');
  a?.leave();
  equal(b?.watcher?.onClientEnd(), true, 'nothing has begun');
  const rest = story.askAll('c', 'd', 'e');
  deepEqual(toldOf(rest), ['', '', REFUSED]);
  deepEqual(story.arrivals(story.connect(1)), ['request c', 'request d']);
  deepEqual(toldOf([a, b]), ['', '']);
});

test('ConcurrentGateway tells the worker when a client leaves, and takes what still comes', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1, 1);
  const [a, b] = story.askAll('a', 'b');
  story.arrivals(worker);
  a?.leave();
  deepEqual(story.arrivals(worker), ['abort a']);
  worker.begin('a', 'late');
  equal(story.loads[0], 1, 'the stream is open until the worker ends it');
  worker.tell(132, 'a');
  deepEqual(story.arrivals(worker), ['request b']);
  worker.answer('b', 'b');
  deepEqual(toldOf([a, b]), ['', 'respond 200 b']);
  deepEqual(story.logged, []);
  story.expectRest();
});

test('ConcurrentGateway answers a bad handshake itself', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  const other = HANDSHAKE.map(([name, value]) => [name, value === '13' ? '8' : value] as const);
  const exchanges = [story.shake('a', other), story.ask('b', { method: 'POST', fields: HANDSHAKE })];
  match(exchanges[0]?.told[0] ?? '', /^refuse 426 .*Upgrade: websocket\r\nSec-WebSocket-Version: 13$/);
  match(exchanges[1]?.told[0] ?? '', /^refuse 405 .*Allow: GET$/);
  deepEqual(story.arrivals(worker), []);
});

test('ConcurrentGateway refuses a body that is declared too long before anything is sent', (t) => {
  const story = new ConcurrentStory(t, { bodyBytesMax: 4 });
  const worker = story.connect(1);
  const exchange = story.ask('a', { method: 'POST', body: Buffer.from('12345') });
  deepEqual(exchange.told, ['refuse 413']);
  deepEqual(story.arrivals(worker), []);
  story.expectRest();
});

test('ConcurrentGateway keeps the times of a request if they are wanted', (t) => {
  const story = new ConcurrentStory(t, { keepsTimes: true });
  const a = story.ask('a');
  equal(a.watcher?.times, undefined);
  story.pass(100);
  const worker = story.connect(1);
  story.arrivals(worker);
  story.pass(300);
  worker.answer('a', 'a');
  story.pass(1000);
  deepEqual(a.watcher?.times, { queueMs: 100, appMs: 300 });
});

test('ConcurrentGateway fails what a lost worker had begun; what it had not goes to another, first of all', (t) => {
  const story = new ConcurrentStory(t);
  const lost = story.connect(1);
  const exchanges = story.askAll('a', 'b', 'c', 'd');
  story.arrivals(lost);
  lost.begin('a', 'part');
  story.begin(lost, 'b');
  story.setWorkers({});
  exchanges.push(story.ask('e'));
  story.lose(lost);
  deepEqual(toldOf(exchanges), ['begin 200 undefined; write part; cut', 'refuse 502', '', '', '']);
  deepEqual(story.logged, [
    'error request a GET /a was lost with worker w1 (pid 101)',
    'error request b GET /b was lost with worker w1 (pid 101)',
  ]);
  equal(lost.socket.isDestroyed, true);
  story.setWorkers({ active: [2] });
  const next = story.connect(2);
  deepEqual(story.arrivals(next), ['request c', 'request d', 'request e']);
  for (const name of ['c', 'd', 'e']) next.answer(name, name);
  story.expectRest();
});

test('ConcurrentGateway knows what was begun when the numbers of streams have come round', (t) => {
  const story = new ConcurrentStory(t, { firstStream: FRAME_LIMITS.streamMax - 2 });
  const lost = story.connect(1);
  const exchanges = story.askAll('a', 'b', 'c', 'd');
  story.arrivals(lost);
  equal(lost.streamOf('c'), 1);
  story.begin(lost, 'c');
  story.lose(lost);
  deepEqual(toldOf(exchanges), ['refuse 502', 'refuse 502', 'refuse 502', '']);
});

test('ConcurrentGateway gives a request up that several workers have lost', (t) => {
  const story = new ConcurrentStory(t);
  const exchange = story.ask('a');
  for (let turn = 0; turn <= GATEWAY_LIMITS.retriesMax; turn += 1) {
    deepEqual(exchange.told, []);
    const worker = story.connect(1);
    deepEqual(story.arrivals(worker), ['request a']);
    story.lose(worker);
  }
  deepEqual(exchange.told, ['refuse 502']);
  story.expectRest();
});

test('ConcurrentGateway moves a request with what was sent of its body, as long as nobody has begun it', (t) => {
  const story = new ConcurrentStory(t);
  const [lost, next] = [story.connect(1), story.connect(2)];
  const exchange = story.ask('a', { method: 'POST', isChunked: true });
  exchange.sink?.data(Buffer.from('part'));
  deepEqual(story.arrivals(lost), ['request a', 'body a part']);
  story.lose(lost);
  deepEqual(story.arrivals(next), ['request a', 'body a part']);
  exchange.sink?.data(Buffer.from('rest'));
  exchange.sink?.end();
  deepEqual(story.arrivals(next), ['body a rest', 'end a']);
});

test('ConcurrentGateway moves a body that came to its end while nobody was there to take it', (t) => {
  const story = new ConcurrentStory(t);
  const lost = story.connect(1);
  const exchange = story.ask('a', { method: 'POST', isChunked: true });
  exchange.sink?.data(Buffer.from('part'));
  story.arrivals(lost);
  story.lose(lost);
  exchange.sink?.data(Buffer.from('rest'));
  exchange.sink?.end();
  deepEqual(story.arrivals(story.connect(2)), ['request a', 'end a partrest']);
});

test('ConcurrentGateway never moves a request of whose body a worker has taken', (t) => {
  const story = new ConcurrentStory(t);
  const [lost, next] = [story.connect(1), story.connect(2)];
  const exchange = story.ask('a', { method: 'POST', isChunked: true });
  exchange.sink?.data(Buffer.from('part'));
  story.arrivals(lost);
  lost.grant('a', 4);
  story.lose(lost);
  deepEqual(exchange.told, ['refuse 502']);
  deepEqual(story.arrivals(next), []);
  exchange.sink?.data(Buffer.from('rest'));
  exchange.sink?.end();
  story.expectRest();
});

test('ConcurrentGateway moves a request whose body the client has not been asked for', (t) => {
  const story = new ConcurrentStory(t);
  const [lost, next] = [story.connect(1), story.connect(2)];
  const fields = [['Expect', '100-continue']] as const;
  const exchange = story.ask('a', { method: 'POST', isChunked: true, fields });
  story.arrivals(lost);
  story.lose(lost);
  deepEqual(story.arrivals(next), ['request a']);
  next.grant('a', 0);
  exchange.sink?.end();
  deepEqual(story.arrivals(next), ['end a']);
});

test('ConcurrentGateway takes the lanes of workers that are gone for lost', (t) => {
  const story = new ConcurrentStory(t);
  const [lost, next] = [story.connect(1), story.connect(2)];
  story.ask('a');
  story.arrivals(lost);
  story.gateway.loseWorkers([1]);
  equal(lost.socket.isDestroyed, true);
  deepEqual(story.arrivals(next), ['request a']);
  story.lose(lost);
  deepEqual(story.arrivals(next), [], 'it is lost once');
});

test('ConcurrentGateway never moves what has been answered in part, whatever the board says', (t) => {
  const story = new ConcurrentStory(t);
  const [lost, next] = [story.connect(1), story.connect(2)];
  const exchange = story.ask('a', { method: 'POST' });
  story.arrivals(lost);
  lost.begin('a', 'part');
  // The board is clean when the worker dials again, before the edge has seen the end of this connection.
  story.lose(lost);
  deepEqual(exchange.told, ['begin 200 undefined', 'write part', 'cut']);
  deepEqual(story.arrivals(next), []);
});

test('ConcurrentGateway does not blame a loop that turns again after it was given up', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  story.ask('a');
  story.arrivals(worker);
  story.begin(worker, 'a');
  story.pass(10_500);
  equal(story.stuck.length, 1);
  worker.send(worker.frame(FRAME.pong, ''), worker.frame(FRAME.end, 'a'));
  deepEqual(story.logged, []);
});
