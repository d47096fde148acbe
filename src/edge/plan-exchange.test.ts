import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeModel } from '../config/model/server-model.ts';
import type { FromEdge, PreparePlan } from '../protocol/control/edge.ts';
import { PlanExchange } from './plan-exchange.ts';
import { newSharedState } from './shared/shared-state.ts';
import type { PlanForThreads, ToThread } from './thread.ts';

const ZONE = {
  name: 'one',
  kind: 'requests',
  key: [{ variable: 'remote_addr' }],
  bytes: 65_536,
  ratePerKilosecond: 1000,
} as const;

function model(parts: Partial<Record<'apps' | 'zones' | 'upstreams', readonly object[]>> = {}): EdgeModel {
  return {
    apps: [{ id: 'shop' }],
    zones: [ZONE],
    upstreams: [],
    edge: { threads: 2 },
    ...parts,
  } as unknown as EdgeModel;
}

function newExchange() {
  const [told, toThreads]: [FromEdge[], ToThread[]] = [[], []];
  const shared = newSharedState(8, model());
  const exchange = new PlanExchange({
    shared,
    model: model(),
    threadCount: 2,
    tell: (message) => told.push(message),
    tellThreads: (message) => toThreads.push(message),
  });
  return { told, toThreads, shared, exchange };
}

function prepare(plan: number, of: EdgeModel = model()): PreparePlan {
  return { kind: 'prepare', plan, model: of, listeners: [], logs: [], logPlaces: [], workers: [], tls: undefined };
}

test('a plan is prepared when every thread has prepared it, and changed to by all of them', () => {
  const { exchange, told, toThreads } = newExchange();
  exchange.receive(prepare(1));
  exchange.onThread(0, { kind: 'prepared', plan: 1 });
  deepEqual(told, []);
  exchange.onThread(1, { kind: 'prepared', plan: 1 });
  exchange.receive({ kind: 'commit', plan: 1 });
  exchange.onThread(1, { kind: 'committed', plan: 1 });
  exchange.onThread(0, { kind: 'committed', plan: 1 });
  deepEqual(told, [
    { kind: 'prepared', plan: 1 },
    { kind: 'committed', plan: 1 },
  ]);
  deepEqual(
    toThreads.map(({ kind }) => kind),
    ['prepare', 'commit'],
  );
});

test('a plan that one thread refuses is abandoned by all, and what the others say of it is not heard', () => {
  const { exchange, told, toThreads } = newExchange();
  exchange.receive(prepare(1));
  exchange.onThread(0, { kind: 'refused', plan: 1, message: 'no' });
  exchange.onThread(1, { kind: 'prepared', plan: 1 });
  exchange.receive({ kind: 'commit', plan: 1 });
  deepEqual(told, [{ kind: 'refused', plan: 1, message: 'no' }]);
  deepEqual(
    toThreads.map(({ kind }) => kind),
    ['prepare', 'abandon'],
  );
});

function zonesOf(exchange: ReturnType<typeof newExchange>, plan: number, zones: readonly object[]) {
  exchange.exchange.receive(prepare(plan, model({ zones })));
  return (exchange.toThreads.at(-1) as PlanForThreads).zones;
}

test('a zone that is the same keeps its memory, one of another size has new memory', () => {
  const around = newExchange();
  const [before] = around.shared.zones;
  const [two, one] = zonesOf(around, 1, [
    { ...ZONE, name: 'two' },
    { ...ZONE, ratePerKilosecond: 5 },
  ]);
  equal(one, before);
  notEqual(two, before);
  const [larger] = zonesOf(around, 2, [{ ...ZONE, bytes: 131_072 }]);
  notEqual(larger, before);
});

test('the sessions of sticky upstreams have memory behind that of the zones, and keep it', () => {
  const around = newExchange();
  const sticky = { kind: 'learn', zone: 'one', bytes: 65_536 };
  const memoryOf = (plan: number, upstreams: readonly object[]) => {
    around.exchange.receive(prepare(plan, model({ upstreams })));
    const { zones } = around.toThreads.at(-1) as PlanForThreads;
    for (const _ of 'ab') {
      around.exchange.onThread(Number(_ === 'b'), { kind: 'prepared', plan });
    }
    for (const _ of 'ab') {
      around.exchange.onThread(Number(_ === 'b'), { kind: 'committed', plan });
    }
    return zones;
  };
  const before = memoryOf(1, [{ sticky }, { sticky }]);
  equal(before.length, 2, 'the zone of requests that has the same name is another one');
  const after = memoryOf(2, [{}, { sticky }]);
  equal(after[1], before[1]);
  notEqual(memoryOf(3, [{ sticky: { ...sticky, bytes: 131_072 } }])[1], before[1]);
});

test('a zone whose keys would mean something else is a reason to refuse the plan', () => {
  const { exchange, told, toThreads } = newExchange();
  exchange.receive(prepare(1, model({ zones: [{ ...ZONE, key: 'all' }] })));
  deepEqual(told, [
    { kind: 'refused', plan: 1, message: 'the zone "one" counts by another key than before. Give it another name' },
  ]);
  deepEqual(toThreads, []);
});

test('applications that are new get counters, and sockets that were given are found by their numbers', () => {
  const { exchange, toThreads, shared } = newExchange();
  exchange.give(3, { fd: 77 });
  const listener = {
    listener: 0,
    kind: 'tcp',
    address: '::',
    port: 1,
    path: '',
    isTls: false,
    isStream: false,
    fds: [-4, 5],
  } as const;
  exchange.receive({ ...prepare(1, model({ apps: [{ id: 'shop' }, { id: 'blog' }] })), listeners: [listener] });
  const { queues, listeners } = toThreads[0] as PlanForThreads;
  deepEqual([...queues.keys()], ['shop', 'blog']);
  equal(queues.get('shop'), shared.queues.get('shop'));
  equal(queues.get('blog')?.waiting.length, 2);
  deepEqual(listeners[0]?.fds, [77, 5]);
});
