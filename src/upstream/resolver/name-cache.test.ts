import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Resolver } from '../../config/model/upstream.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { NameReply } from './dns-question.ts';
import type { NameAnswer } from './name-cache.ts';
import { NameCache } from './name-cache.ts';
import type { NameServers } from './name-servers.ts';

/** Addresses, the code of a failure, or `> NAME`. */
type Zone = Readonly<Record<string, readonly string[] | number | `> ${string}`>>;

const RULES: Resolver = { servers: [], asksIpv4: true, asksIpv6: true, timeoutMs: 30_000 };
const SERVICES = [
  { name: 'one', port: 8001, priority: 1, weight: 0 },
  { name: 'two', port: 8002, priority: 2, weight: 7 },
  { name: 'lost', port: 8003, priority: 1, weight: 1 },
];

interface Made {
  readonly cache: NameCache;
  readonly clock: FakeClock;
  readonly asked: string[];
}

/** A TTL is 5 seconds. */
function cacheOf(zone: Zone, rules: Partial<Resolver> = {}): Made {
  const clock = new FakeClock();
  const asked: string[] = [];
  const servers: NameServers = {
    ask: async ({ name, types }) => {
      asked.push(`${name} ${types.join('+')}`);
      return types.map((type) => replyOf(zone[name] ?? 3, type));
    },
  };
  return { cache: new NameCache({ ...RULES, ...rules }, servers, clock), clock, asked };
}

function replyOf(found: Zone[string], type: string): NameReply {
  if (typeof found === 'number') {
    return type === 'SRV' ? { kind: 'services', services: SERVICES, ttl: 3 } : { kind: 'failed', code: found };
  }
  if (typeof found === 'string') {
    return { kind: 'alias', name: found.slice(2), ttl: 2 };
  }
  const addresses = found.filter((address) => address.includes(':') === (type === 'AAAA'));
  return addresses.length === 0 ? { kind: 'none' } : { kind: 'addresses', addresses, ttl: 5 };
}

function said(answer: NameAnswer | undefined): unknown {
  return answer?.kind === 'found' ? answer.servers : answer?.reason;
}

test('a name has the addresses of both families, and is asked for once by all until they are too old', async () => {
  const { cache, clock, asked } = cacheOf({ app: ['192.0.2.1', '2001:db8::1'] });
  const both = await Promise.all([cache.lookUp('app'), cache.lookUp('App.')]);
  deepEqual(said(both[0]), [{ address: '192.0.2.1' }, { address: '2001:db8::1' }]);
  equal(both[0], both[1]);
  clock.advance(4999);
  await cache.lookUp('app');
  equal(cache.fresh('APP.'), both[0]);
  deepEqual(asked, ['app A+AAAA']);
  clock.advance(1);
  equal(cache.fresh('app'), undefined);
  await cache.lookUp('app');
  equal(asked.length, 2);
});

test('one family alone is asked for, and what is configured is longer than the TTL', async () => {
  const { cache, clock, asked } = cacheOf({ app: ['192.0.2.1', '2001:db8::1'] }, { asksIpv6: false, validMs: 60_000 });
  deepEqual(said(await cache.lookUp('app')), [{ address: '192.0.2.1' }]);
  clock.advance(59_999);
  await cache.lookUp('app');
  deepEqual(asked, ['app A']);
});

test('aliases are followed and kept by themselves, and rings of them end', async () => {
  const { cache, clock, asked } = cacheOf({ a: '> b', b: '> c', c: ['192.0.2.1'], ring: '> ring', root: '> ' });
  const answer = await cache.lookUp('a');
  deepEqual(
    [said(answer), answer.kind === 'found' && answer.untilMs - clock.monotonicMs()],
    [[{ address: '192.0.2.1' }], 2000],
  );
  deepEqual(said(cache.fresh('a')), [{ address: '192.0.2.1' }]);
  clock.advance(3000);
  await cache.lookUp('a');
  deepEqual(
    asked.map((each) => each.slice(0, 1)),
    ['a', 'b', 'c', 'a', 'b'],
  );
  equal(said(await cache.lookUp('ring')), '3: Host not found');
  equal(said(cache.fresh('ring')), '3: Host not found');
  equal(said(await cache.lookUp('root')), '3: Host not found');
});

test('failures are told in the words of nginx, and only that there is no such name is remembered', async () => {
  const { cache, asked } = cacheOf({ broken: 2, refused: 5, none: [] });
  deepEqual(
    await Promise.all(['absent', 'broken', 'refused', 'none'].map(async (name) => said(await cache.lookUp(name)))),
    ['3: Host not found', '2: Server failure', '5: Operation refused', '3: Host not found'],
  );
  await cache.lookUp('absent');
  await cache.lookUp('broken');
  deepEqual(asked.slice(4), ['broken A+AAAA']);
});

test('a name that cannot be is not asked for', async () => {
  const { cache, asked } = cacheOf({});
  for (const name of ['', '.', 'a..b', 'a\n', 'x'.repeat(64), 'a"b']) {
    equal(said(await cache.lookUp(name)), '3: Host not found');
  }
  deepEqual(asked, []);
});

test('TTLs have bounds', async () => {
  const ttls = [0, 0x7fffffff];
  const servers: NameServers = {
    ask: async () => [{ kind: 'addresses', addresses: ['192.0.2.1'], ttl: ttls.shift() ?? 0 }],
  };
  const clock = new FakeClock();
  const cache = new NameCache(RULES, servers, clock);
  const ends = [await cache.lookUp('a'), await cache.lookUp('b')];
  deepEqual(
    ends.map((answer) => answer.kind === 'found' && answer.untilMs - clock.monotonicMs()),
    [1000, 86_400_000],
  );
});

test('a service has the addresses of its servers with their ports and weights; those of lower priority are spare ones', async () => {
  const { cache, clock, asked } = cacheOf({ one: ['192.0.2.1'], two: ['192.0.2.2'] });
  const answer = await cache.lookUp('Example.com', 'HTTP');
  equal(answer.kind === 'found' && answer.untilMs - clock.monotonicMs(), 3000, 'as long as the first record holds');
  deepEqual(said(answer), [
    { address: '192.0.2.1', service: { name: 'one', port: 8001, weight: 1, isBackup: false } },
    { address: '192.0.2.2', service: { name: 'two', port: 8002, weight: 7, isBackup: true } },
  ]);
  deepEqual(answer.lost, ['lost could not be resolved (3: Host not found)']);
  await cache.lookUp('example.com', '_a._udp');
  deepEqual(
    asked.filter((name) => name.includes('example')),
    ['_http._tcp.example.com SRV', '_a._udp.example.com SRV'],
  );
});

test('a service of which no server is found says why, and that one is absent counts more than that one is unknown', async () => {
  const { cache } = cacheOf({ one: 2, two: 2, lost: 2 });
  const unknown = await cache.lookUp('example.com', 'http');
  deepEqual([said(unknown), unknown.lost?.length], ['2: Server failure', 3]);
  const { cache: other } = cacheOf({ one: 2, two: 2 });
  equal(said(await other.lookUp('example.com', 'http')), '3: Host not found');
});

test('each waits for as long as is configured, and who still waits keeps the question going', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const wanted: (() => boolean)[] = [];
  const never: NameServers = {
    ask: ({ isWanted }) => {
      wanted.push(isWanted);
      return new Promise(() => undefined);
    },
  };
  const cache = new NameCache({ ...RULES, timeoutMs: 1000 }, never, new FakeClock());
  const first = cache.lookUp('app');
  context.mock.timers.tick(600);
  const second = cache.lookUp('app');
  context.mock.timers.tick(400);
  equal(said(await first), '110: Operation timed out');
  deepEqual([wanted.length, wanted[0]?.()], [1, true]);
  context.mock.timers.tick(600);
  equal(said(await second), '110: Operation timed out');
  equal(wanted[0]?.(), false);
});

test('no limit of time is none', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { promise, resolve } = Promise.withResolvers<readonly NameReply[]>();
  const cache = new NameCache({ ...RULES, timeoutMs: 0 }, { ask: () => promise }, new FakeClock());
  const answer = cache.lookUp('app');
  context.mock.timers.tick(1_000_000);
  resolve([{ kind: 'addresses', addresses: ['192.0.2.1'], ttl: 1 }]);
  deepEqual(said(await answer), [{ address: '192.0.2.1' }]);
});

test('no more answers are kept than there is room for', async () => {
  const { cache } = cacheOf({});
  await cache.lookUp('first');
  for (let count = 0; count < 1000; count += 1) {
    await cache.lookUp(`n${count}`);
  }
  equal(cache.fresh('first'), undefined);
  equal(said(cache.fresh('n0')), '3: Host not found');
});
