// A WebSocket between a made-up client and a made-up worker.

import { deepEqual, equal } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import { RELAY_LIMITS } from '../../relay/limits.ts';
import { MemoryShare } from '../../relay/memory-budget.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { ConcurrentStoryOptions, SlowExchange } from './concurrent-story.ts';
import { ConcurrentStory } from './concurrent-story.ts';
import type { FakeConcurrentWorker } from './fake-concurrent-worker.ts';

const COST = FRAME_LIMITS.pieceCostBytes;
const { creditBytes, bodyBytesMax } = FRAME_LIMITS;

interface Scene {
  readonly story: ConcurrentStory;
  readonly worker: FakeConcurrentWorker;
  readonly exchange: SlowExchange;
}

/** A handshake that is on its lane. */
function shake(t: TestContext, options: ConcurrentStoryOptions = {}): Scene {
  const story = new ConcurrentStory(t, options);
  const worker = story.connect(1);
  const exchange = story.shake('w');
  deepEqual(story.arrivals(worker), ['request w']);
  story.begin(worker, 'w');
  return { story, worker, exchange };
}

/** … and accepted. */
function open(t: TestContext, options: ConcurrentStoryOptions = {}): Scene {
  const scene = shake(t, options);
  scene.worker.accept('w');
  deepEqual(scene.exchange.told.splice(0), ['accept']);
  return scene;
}

test('WebSocketRequest asks the application as for any request, with a flag', (t) => {
  const { worker } = shake(t);
  equal(worker.requests.get('w')?.flags, REQUEST_FLAG.webSocket);
  deepEqual(worker.requests.get('w')?.block.slice(6, 10), ['connection', 'Upgrade', 'upgrade', 'websocket']);
});

test('WebSocketRequest accepts with the subprotocol and fields of the application, without those of the connection', (t) => {
  const { worker, exchange } = shake(t);
  worker.accept('w', 'chat', 'x-kind', '1', 'Connection', 'close', 'upgrade', 'h2c');
  deepEqual(exchange.told, ['accept chat x-kind: 1']);
});

test('WebSocketRequest refuses with 403 what the application closes, with 500 what it fails or leaves', (t) => {
  for (const [end, told] of [
    ['close', 'refuse 403'],
    ['failed', 'refuse 500 a traceback'],
    ['end', 'refuse 500'],
  ] as const) {
    const { story, worker, exchange } = shake(t);
    if (end === 'close') worker.close('w', 4000, 'nobody sees it');
    else worker.tell(FRAME[end], 'w', end === 'failed' ? 'a traceback' : '');
    deepEqual(exchange.told, [told]);
    if (end === 'close') worker.tell(FRAME.end, 'w');
    deepEqual(exchange.told, [told]);
    story.expectRest();
  }
});

test('WebSocketRequest answers a handshake with the response of the application', (t) => {
  const { story, worker, exchange } = shake(t);
  worker.begin('w', 'who ', ['401', 'www-authenticate', 'Basic']);
  worker.tell(FRAME.data, 'w', 'are you?');
  worker.tell(FRAME.end, 'w');
  deepEqual(exchange.told, ['begin 401 undefined', 'write who ', 'write are you?', 'end']);
  const whole = story.shake('whole');
  const cut = story.shake('cut');
  story.arrivals(worker);
  worker.answer('whole', 'no', ['404']);
  deepEqual(whole.told, ['respond 404 no']);
  worker.begin('cut', 'part', ['401']);
  worker.tell(FRAME.failed, 'cut', 'a traceback');
  deepEqual(cut.told, ['begin 401 undefined', 'write part', 'cut']);
  story.expectRest();
});

test('WebSocketRequest gives credit for a denial as for any response', (t) => {
  const { story, worker, exchange } = shake(t);
  exchange.takesBytes = false;
  worker.begin('w', 'x'.repeat(GATEWAY_LIMITS.creditBytesMin), ['401']);
  deepEqual(story.arrivals(worker), []);
  exchange.watcher?.onDrain();
  deepEqual(story.arrivals(worker), [`credit w ${GATEWAY_LIMITS.creditBytesMin + COST}`]);
});

test('WebSocketRequest passes messages of the client on, cut to frames', (t) => {
  const { story, worker, exchange } = open(t);
  equal(exchange.webSocket?.onMessage(true, Buffer.from('text')), true);
  equal(exchange.webSocket?.onMessage(false, Buffer.from('bytes')), true);
  equal(exchange.webSocket?.onMessage(true, Buffer.alloc(0)), true);
  deepEqual(story.arrivals(worker), ['text w text', 'binary w bytes', 'text w']);
  for (const [size, frames] of [
    [bodyBytesMax, [`binary w ${bodyBytesMax}`]],
    [bodyBytesMax + 101, [`more w ${bodyBytesMax}`, 'binary w 101']],
    [2 * bodyBytesMax, [`more w ${bodyBytesMax}`, `binary w ${bodyBytesMax}`]],
  ] as const) {
    worker.grant('w', size);
    exchange.webSocket?.onMessage(false, Buffer.alloc(size, 'x'));
    deepEqual(story.arrivals(worker), frames);
  }
});

test('WebSocketRequest reads from the client as far as the application has credit', (t) => {
  const { worker, exchange } = open(t);
  const sink = exchange.webSocket;
  equal(sink?.onMessage(false, Buffer.alloc(creditBytes - COST - 1)), true);
  equal(sink?.onMessage(false, Buffer.alloc(1000)), false, 'a message that has begun is sent whole');
  worker.grant('w', 999 + COST);
  deepEqual(exchange.told, []);
  worker.grant('w', 1);
  deepEqual(exchange.told, ['resume']);
  worker.grant('w', 1000);
  deepEqual(exchange.told, ['resume'], 'it was not stopped');
});

test('WebSocketRequest joins the pieces of a message of the application', (t) => {
  const { worker, exchange } = open(t);
  worker.tell(FRAME.workerWsText, 'w', 'whole');
  worker.tell(FRAME.workerWsMore, 'w', 'in ');
  worker.tell(FRAME.workerWsMore, 'w', 'three ');
  worker.tell(FRAME.workerWsBinary, 'w', 'pieces');
  worker.tell(FRAME.workerWsText, 'w', '');
  deepEqual(exchange.told, ['text whole', 'binary in three pieces', 'text ']);
});

test('WebSocketRequest gives credit for messages that the client has taken', (t) => {
  const { story, worker, exchange } = open(t);
  const half = 'x'.repeat(GATEWAY_LIMITS.creditBytesMin / 2);
  worker.tell(FRAME.workerWsText, 'w', half);
  deepEqual(story.arrivals(worker), []);
  worker.tell(FRAME.workerWsText, 'w', half);
  deepEqual(story.arrivals(worker), [`credit w ${2 * (half.length + COST)}`]);
  exchange.takesMessages = false;
  for (let turn = 0; turn < 3; turn += 1) worker.tell(FRAME.workerWsText, 'w', half);
  deepEqual(story.arrivals(worker), []);
  exchange.webSocket?.onDrain();
  exchange.webSocket?.onDrain();
  deepEqual(story.arrivals(worker), [`credit w ${3 * (half.length + COST)}`]);
});

/** Who ends the WebSocket, in every order, and what client and worker are told. */
const ENDS: readonly (readonly [string, (scene: Scene) => void, readonly string[], readonly string[]])[] = [
  ['the client closes', ({ exchange }) => exchange.webSocket?.onClose(4000, 'bye'), [], ['close w 4000 bye']],
  ['the client closes without a code', ({ exchange }) => exchange.webSocket?.onClose(1005, ''), [], ['close w 1005']],
  ['the client is lost', ({ exchange }) => exchange.webSocket?.onClose(1006, ''), [], ['close w 1006']],
  [
    'the application closes, the client answers',
    ({ worker, exchange }) => {
      worker.close('w', 4001, 'enough');
      exchange.webSocket?.onClose(4001, '');
    },
    ['close 4001 enough'],
    ['close w 4001'],
  ],
  [
    'both close at once',
    ({ worker, exchange }) => {
      exchange.webSocket?.onClose(4000, '');
      worker.close('w', 4001);
    },
    ['close 4001'], // The session knows that it is too late.
    ['close w 4000'],
  ],
];

for (const [name, end, told, arrivals] of ENDS) {
  test(`WebSocketRequest: ${name}, then the application returns`, (t) => {
    const scene = open(t);
    end(scene);
    deepEqual(scene.exchange.told.splice(0), told);
    deepEqual(scene.story.arrivals(scene.worker), arrivals);
    scene.worker.tell(FRAME.workerWsText, 'w', 'too late');
    deepEqual(scene.exchange.told, []);
    scene.worker.tell(FRAME.end, 'w');
    scene.story.expectRest();
    deepEqual(scene.story.logged, []);
  });
}

test('WebSocketRequest closes with 1000 when the application returns, with 1011 when it fails', (t) => {
  for (const [type, told] of [
    [FRAME.end, 'close 1000'],
    [FRAME.failed, 'close 1011'],
  ] as const) {
    const { story, worker, exchange } = open(t);
    worker.tell(type, 'w', '');
    deepEqual(exchange.told, [told]);
    // The stream has ended: what the client still says is for nobody.
    equal(exchange.webSocket?.onMessage(true, Buffer.from('late')), true);
    exchange.webSocket?.onDrain();
    exchange.webSocket?.onClose(1000, '');
    deepEqual(story.arrivals(worker), []);
    story.expectRest();
  }
});

test('WebSocketRequest: a client that leaves before its handshake is answered', (t) => {
  const { story, worker, exchange } = shake(t);
  exchange.leave();
  deepEqual(story.arrivals(worker), ['abort w']);
  worker.accept('w');
  worker.tell(FRAME.workerWsText, 'w', 'nobody reads it');
  worker.close('w', 1000);
  worker.tell(FRAME.end, 'w');
  deepEqual(exchange.told, []);
  deepEqual(story.logged, []);
  story.expectRest();
});

test('WebSocketRequest: half a connection is none, before the handshake has ended too', (t) => {
  const { story, worker, exchange } = shake(t);
  equal(exchange.watcher?.onClientEnd(), true);
  deepEqual(story.arrivals(worker), ['abort w']);
});

test('WebSocketRequest: a refused handshake is closed again by nobody', (t) => {
  const { story, worker, exchange } = shake(t);
  worker.close('w', 1000);
  story.setWorkers({ closing: [1] });
  worker.tell(FRAME.failed, 'w', 'behind the refusal');
  deepEqual(exchange.told, ['refuse 403']);
});

test('WebSocketRequest takes a close code that no frame can carry for a fault of the worker', (t) => {
  for (const code of [0, 999, 1004, 1006, 1015, 5000]) {
    const story = new ConcurrentStory(t);
    const worker = story.connect(1);
    const exchange = story.shake('w');
    story.arrivals(worker);
    worker.accept('w');
    story.begin(worker, 'w');
    worker.close('w', code);
    deepEqual([exchange.told, worker.socket.isDestroyed], [['accept', 'close 1012'], true], `${code}`);
  }
});

test('WebSocketRequest counts messages without payload, too, against what may be sent', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  const exchange = story.shake('w');
  story.arrivals(worker);
  worker.accept('w');
  let isOpen = true;
  for (let index = 0; index < 1_000_000 && isOpen; index += 1) {
    isOpen = exchange.webSocket?.onMessage(false, Buffer.alloc(0)) === true;
  }
  equal(isOpen, false);
});

test('WebSocketRequest wants a large message once the application waits for one, and there is memory', (t) => {
  const { story, worker, exchange } = open(t, { memoryBytes: 1_000_000 });
  const { webSocket } = exchange;
  const wanted = (): Buffer => worker.frame(FRAME.wsWanted, 'w');
  equal(webSocket?.wantsLarge(500_000), false);
  equal(webSocket?.wantsLarge(500_000), false);
  deepEqual(story.arrivals(worker), ['large w'], 'asked once');
  worker.send(wanted());
  deepEqual(exchange.told.slice(-1), ['resume']);
  equal(webSocket?.wantsLarge(500_000), true);
  equal(story.memory.webSockets.usedBytes, 500_032);
  webSocket?.releaseLarge();
  deepEqual([story.memory.webSockets.usedBytes, webSocket?.isMemoryFull], [0, false]);
  equal(webSocket?.wantsLarge(500_000), true, 'it still waits');
  const other = new MemoryShare(story.memory.webSockets);
  other.set(600_000);
  equal(
    webSocket?.wantsLarge(500_000),
    true,
    'what was set aside for a message is there when it is asked about once more',
  );
  other.set(0);
  equal(webSocket?.onMessage(false, Buffer.alloc(400_000)), false);
  equal(story.memory.webSockets.usedBytes, 400_064);
  equal(webSocket?.wantsLarge(500_000), false, 'the next is asked about again');
  other.set(600_000);
  equal(other.mayTake(true), true);
  worker.send(wanted());
  equal(webSocket?.wantsLarge(500_000), false, 'there is no memory, and another goes on without');
  equal(webSocket?.largeBytes, RELAY_LIMITS.crampedBytes);
});

test('WebSocketRequest lets a client send on little by little when the memory is used up', (t) => {
  const { story, worker, exchange } = open(t, { memoryBytes: 100_000 });
  const other = new MemoryShare(story.memory.webSockets);
  other.set(100_000);
  equal(exchange.webSocket?.onMessage(true, Buffer.alloc(5000)), true);
  equal(exchange.webSocket?.onMessage(true, Buffer.alloc(5000)), false);
  worker.grant('w', 5000 + COST);
  deepEqual(exchange.told.slice(-1), ['resume']);
  other.set(0);
  equal(exchange.webSocket?.onMessage(true, Buffer.alloc(20_000)), true);
  exchange.webSocket?.onHeld(1000);
  exchange.webSocket?.onClose(1000, '');
  worker.tell(FRAME.end, 'w');
  story.expectRest();
});

/** WebSockets of which each holds part of a message and wants more of it, while the memory is used up. */
function openHolders(
  t: TestContext,
  ...names: readonly string[]
): Scene & { readonly exchanges: readonly SlowExchange[] } {
  const story = new ConcurrentStory(t, { memoryBytes: names.length * 100_000 });
  const worker = story.connect(1);
  const exchanges = names.map((name) => {
    const exchange = story.shake(name);
    story.arrivals(worker);
    worker.accept(name);
    exchange.webSocket?.wantsLarge(1_000_000);
    story.arrivals(worker);
    worker.send(worker.frame(FRAME.wsWanted, name));
    equal(exchange.webSocket?.wantsLarge(100_000), true);
    exchange.webSocket?.releaseLarge();
    exchange.webSocket?.onHeld(100_000);
    return exchange;
  });
  equal(story.memory.webSockets.isFull, true);
  return { story, worker, exchange: exchanges[0]!, exchanges };
}

test('WebSocketRequest: when messages that have come in part hold all the memory, one after another goes on', (t) => {
  const { worker, exchanges } = openHolders(t, 'a', 'b', 'c');
  const [a, b, c] = exchanges.map((each) => each.webSocket);
  const ask = (): unknown[] => [a, b, c].map((each) => each?.wantsLarge(150_000));
  deepEqual(ask(), [true, false, false]);
  a?.releaseLarge();
  a?.onHeld(150_000);
  deepEqual([c?.wantsLarge(150_000), a?.wantsLarge(400_000)], [false, true], 'it leads to the end of its message');
  a?.onMessage(false, Buffer.alloc(400_000));
  deepEqual(
    [b, c].map((each) => each?.wantsLarge(150_000)),
    [false, false],
    'the application has not received it',
  );
  worker.grant('a', 400_000 + COST);
  deepEqual([c?.wantsLarge(150_000), b?.wantsLarge(150_000)], [true, true], 'there is memory');
});

test('WebSocketRequest: who leads leaves that to the next when it ends, or when it has sent next to nothing', (t) => {
  const { story, worker, exchanges } = openHolders(t, 'a', 'b', 'c');
  const [a, b, c] = exchanges.map((each) => each.webSocket);
  const other = new MemoryShare(story.memory.webSockets);
  other.set(1_000_000);
  const ask = (): unknown[] => [a, b, c].map((each) => each?.wantsLarge(150_000));
  deepEqual(ask(), [true, false, false]);
  a?.onClose(1006, '');
  deepEqual([c?.wantsLarge(150_000), b?.wantsLarge(150_000)], [false, true]);
  worker.tell(FRAME.end, 'b');
  equal(c?.wantsLarge(150_000), true);
  c?.releaseLarge();
  c?.onHeld(1000);
  const late = story.shake('late');
  story.arrivals(worker);
  worker.accept('late');
  late.webSocket?.wantsLarge(50_000);
  story.arrivals(worker);
  worker.send(worker.frame(FRAME.wsWanted, 'late'));
  equal(late.webSocket?.wantsLarge(50_000), false);
  c?.releaseLarge();
  equal(late.webSocket?.wantsLarge(50_000), true);
});
