// What comes before an application is loaded, and to whom it goes when it is known how that is called.

import { deepEqual, equal } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { FakeClock } from '../kernel/fake-clock.ts';
import { fieldsOf } from '../protocol/http/response-fields.ts';
import { FRAME } from '../protocol/lanes/frames.ts';
import type { FakeRequest } from '../relay/fake-exchange.ts';
import { FakeExchange, WEBSOCKET_RULES } from '../relay/fake-exchange.ts';
import { MemoryBudget } from '../relay/memory-budget.ts';
import { newOverloadCounters, Overload } from '../relay/overload.ts';
import { SpoolSpace } from '../relay/spool/spool-space.ts';
import { AppGateway } from './app-gateway.ts';
import { FakeLoop } from './fake-loop.ts';
import { FakeBoard, FakeSocket, readRequest, responseFrame } from './fake-worker.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import { WorkerTally } from './worker-tally.ts';

const QUEUE_TIMEOUT_MS = 3000;
const REFUSED = ['refuse 503 Retry-After: 1'];

class AppStory {
  readonly gateway: AppGateway;
  readonly quiet: number[] = [];
  readonly logged: string[] = [];
  waiting = 0;
  readonly #t: TestContext;
  readonly #loop: FakeLoop;

  constructor(t: TestContext) {
    this.#t = t;
    t.mock.timers.enable({ apis: ['setTimeout'] });
    this.#loop = new FakeLoop(t);
    const clock = new FakeClock();
    clock.advance(1000);
    this.gateway = new AppGateway({
      settings: {
        timeoutMs: 30_000,
        queueMax: 3,
        queueTimeoutMs: QUEUE_TIMEOUT_MS,
        bodyBytesMax: 1000,
        keepsTimes: false,
        takesWebSockets: true,
        webSockets: WEBSOCKET_RULES,
        tunnelDrainMs: 1000,
      },
      clock,
      space: new SpoolSpace('/nowhere', 's'),
      memory: { bodies: new MemoryBudget(), webSockets: new MemoryBudget() },
      overload: new Overload({
        counters: newOverloadCounters(),
        queueMax: 3,
        waiting: () => this.waiting,
        descriptorsMax: 1024,
        log: (_level, text) => this.logged.push(text),
      }),
      board: new FakeBoard().asBoard,
      units: { loads: new Int32Array(8), progressUs: new Int32Array(8), webSockets: new Int32Array(8) },
      tally: new WorkerTally(),
      firstStream: 0,
      threads: 1,
      log: () => undefined,
      onStuck: () => undefined,
      onQuiet: (worker) => this.quiet.push(worker),
      onCounted: () => undefined,
      onWaiting: (count) => {
        this.waiting = count;
      },
      onBug: (_, error) => {
        throw error;
      },
      othersWait: () => false,
      onRoom: () => undefined,
    });
  }

  setInterface(name: 'wsgi' | 'asgi' | undefined, gone: readonly number[] = []): void {
    this.gateway.setWorkers({
      interface: name,
      active: new Set([1, 2].filter((worker) => !gone.includes(worker))),
      draining: new Set(),
      closing: new Set(),
      gone,
    });
  }

  ask(name: string, request?: FakeRequest): FakeExchange {
    const exchange = new FakeExchange(name, request);
    this.gateway.submit(exchange);
    return exchange;
  }

  /** A worker whose lane says how it runs requests; what comes to it, and how it answers. */
  connect(kind: 'wsgi' | 'asgi', worker = 1): { arrivals(): string[]; answer(body: string): void; lose(): void } {
    const socket = new FakeSocket();
    const [slot, pid] = [worker - 1, 100 + worker];
    const hello = {
      app: 'site',
      secret: '',
      role: 'requests',
      worker,
      name: 'w1',
      unit: 0,
      slot,
      pid,
      capacity: 10,
      stream: 0,
      kind,
    } as const;
    const lane = this.gateway.addLane(socket, hello);
    let stream = 0;
    return {
      arrivals: () => {
        this.#loop.turn(0);
        return socket.takeFrames().map((frame) => {
          stream = frame.stream;
          return readRequest(frame).request[1] ?? '';
        });
      },
      answer: (body) => {
        const bytes = responseFrame(FRAME.responseWhole, stream, body);
        lane.onBytes(bytes, 0, bytes.length);
      },
      lose: () => lane.onLost(),
    };
  }

  pass(ms: number): void {
    this.#t.mock.timers.tick(ms);
    this.#loop.turn(0);
  }
}

for (const kind of ['wsgi', 'asgi'] as const) {
  test(`AppGateway keeps requests until it knows that the application is ${kind}, then gives them on in their order`, (t) => {
    const story = new AppStory(t);
    const early = [story.ask('a'), story.ask('b')];
    story.setInterface(undefined);
    story.setInterface(kind);
    const worker = story.connect(kind);
    // A unit of WSGI has one at a time.
    deepEqual(worker.arrivals(), kind === 'asgi' ? ['/a', '/b'] : ['/a']);
    worker.answer('answered');
    deepEqual(
      early.map(({ told }) => told).filter((told) => told.length > 0),
      [['respond 200 answered']],
    );
    story.pass(10 * QUEUE_TIMEOUT_MS);
    equal(early.flatMap(({ told }) => told).length, 1, 'what was given on has no wait of its own any more');
  });
}

test('AppGateway gives what comes later on at once, also while it is said of no worker what it runs', (t) => {
  const story = new AppStory(t);
  story.setInterface('asgi');
  story.setInterface(undefined);
  const worker = story.connect('asgi');
  story.ask('a');
  deepEqual(worker.arrivals(), ['/a']);
});

test('AppGateway has an early request wait no longer than others', (t) => {
  const story = new AppStory(t);
  const first = story.ask('a');
  story.pass(QUEUE_TIMEOUT_MS - 1);
  const second = story.ask('b');
  deepEqual(first.told, []);
  story.pass(1);
  deepEqual([first.told, second.told], [REFUSED, []]);
  story.setInterface('asgi');
  deepEqual(story.connect('asgi').arrivals(), ['/b']);
});

test('AppGateway keeps as many early requests as may wait, and one more when one has left', (t) => {
  const story = new AppStory(t);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => story.ask(name));
  deepEqual([a?.told, b?.told, c?.told, d?.told], [[], [], [], REFUSED]);
  a?.leave();
  equal(b?.watcher?.onClientEnd(), true);
  deepEqual([story.ask('e').told, story.ask('f').told, story.ask('g').told], [[], [], REFUSED]);
  c?.watcher?.onDrain();
  story.setInterface('asgi');
  deepEqual(story.connect('asgi').arrivals(), ['/c', '/e', '/f']);
  story.pass(QUEUE_TIMEOUT_MS);
  deepEqual([a?.told, b?.told], [[], []]);
});

test('AppGateway: an early client that leaves later is a client that leaves', (t) => {
  const story = new AppStory(t);
  const exchange = story.ask('a');
  equal(exchange.watcher?.times, undefined);
  story.setInterface('asgi');
  exchange.leave();
  deepEqual(story.connect('asgi').arrivals(), []);
});

test('AppGateway reads no body before the application is known', (t) => {
  const story = new AppStory(t);
  const exchange = story.ask('a', { method: 'POST', isChunked: true });
  const isRead = (): boolean => exchange.sink !== undefined;
  equal(isRead(), false);
  story.setInterface('asgi');
  story.connect('asgi');
  equal(isRead(), true);
});

test('AppGateway tells the gateway of a lane when it is lost', (t) => {
  for (const kind of ['wsgi', 'asgi'] as const) {
    const story = new AppStory(t);
    story.setInterface(kind);
    const lost = story.connect(kind);
    story.ask('a');
    deepEqual(lost.arrivals(), ['/a']);
    lost.lose();
    deepEqual(story.connect(kind).arrivals(), ['/a']);
    t.mock.timers.reset();
  }
});

for (const kind of ['wsgi', 'asgi'] as const) {
  test(`AppGateway reads what a worker has left that is gone, before its lanes are lost (${kind})`, (t) => {
    const story = new AppStory(t);
    story.setInterface(kind);
    const gone = story.connect(kind);
    const asked = [story.ask('a'), story.ask('b')];
    const arrived = gone.arrivals();
    const other = story.connect(kind, 2);
    story.setInterface(kind, [1]);
    gone.answer('the answer');
    const answered = kind === 'asgi' ? 1 : 0;
    equal(arrived.length, answered + 1);
    deepEqual(asked[answered]?.told, ['respond 200 the answer']);
    const next = story.ask('c');
    deepEqual(other.arrivals(), kind === 'asgi' ? ['/c'] : ['/b']);
    story.pass(GATEWAY_LIMITS.goneReadMs - 1);
    deepEqual(other.arrivals(), []);
    story.pass(1);
    other.answer('of the other');
    // The other worker gets what the lost one had not begun.
    deepEqual(other.arrivals(), kind === 'asgi' ? ['/a'] : ['/c']);
    deepEqual((kind === 'asgi' ? next : asked[1])?.told, ['respond 200 of the other']);
    deepEqual(story.quiet, []);
  });
}

test('AppGateway holds requests while code that has changed is loaded, answers them when it is broken, and gives them on when it is mended', (t) => {
  const story = new AppStory(t);
  story.setInterface('asgi');
  story.gateway.hold();
  const waiting = story.ask('a');
  story.setInterface('asgi');
  deepEqual(waiting.told, []);
  story.gateway.breakDown({ status: 500, detail: 'why', fields: fieldsOf('X: 1\r\n') });
  deepEqual(waiting.told, ['refuse 500 whyX: 1']);
  deepEqual(story.ask('b').told, ['refuse 500 whyX: 1']);
  story.gateway.hold();
  const kept = story.ask('c');
  deepEqual(kept.told, []);
  story.gateway.resume();
  deepEqual(story.connect('asgi').arrivals(), ['/c']);
});

for (const kind of ['wsgi', 'asgi'] as const) {
  test(`AppGateway answers what waits for busy workers too when the code is broken, ${kind}`, (t) => {
    const story = new AppStory(t);
    story.setInterface(kind);
    const waiting = story.ask('a');
    deepEqual(waiting.told, []);
    story.gateway.hold();
    story.gateway.breakDown({ status: 500, detail: 'why', fields: fieldsOf('X: 1\r\n') });
    deepEqual(waiting.told, ['refuse 500 whyX: 1']);
    story.gateway.resume();
    const next = story.connect(kind);
    story.ask('b');
    deepEqual(next.arrivals(), ['/b']);
  });
}

test('AppGateway: what waits for workers of a version that was called in another way goes to those of the new one', (t) => {
  const story = new AppStory(t);
  story.setInterface('wsgi');
  const plain = story.ask('a');
  const posted = story.ask('b', { method: 'POST', body: Buffer.from('x') });
  deepEqual([plain.told, posted.told], [[], []]);
  const worker = story.connect('asgi', 2);
  story.setInterface('asgi', [1]);
  deepEqual(worker.arrivals(), ['/a']);
  deepEqual(posted.told, REFUSED, 'its body was read, and cannot be read again');
  story.setInterface(undefined);
  story.setInterface('wsgi', [2]);
  const back = story.connect('wsgi');
  story.ask('c');
  deepEqual(back.arrivals(), ['/c']);
});

test('AppGateway: what a lost worker had not begun goes to workers that are called in another way', (t) => {
  const story = new AppStory(t);
  story.setInterface('wsgi');
  const old = story.connect('wsgi');
  story.ask('a');
  story.ask('b');
  deepEqual(old.arrivals(), ['/a']);
  const worker = story.connect('asgi', 2);
  story.setInterface('asgi', [1]);
  deepEqual(worker.arrivals(), ['/b']);
  old.lose();
  deepEqual(worker.arrivals(), ['/a']);
});

test('AppGateway gives requests that were held to the application as it is called by then', (t) => {
  const story = new AppStory(t);
  story.setInterface('wsgi');
  story.gateway.hold();
  story.ask('a', { method: 'POST', isChunked: true });
  story.setInterface('asgi', [1]);
  const worker = story.connect('asgi', 2);
  story.gateway.resume();
  deepEqual(worker.arrivals(), ['/a']);
});
