import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Resolver } from '../../config/model/upstream.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { NameAnswer } from './name-cache.ts';
import { NameCache } from './name-cache.ts';
import type { NameServers } from './name-servers.ts';

type Zone = Readonly<Record<string, readonly string[] | string>>;

const RULES: Resolver = { servers: [], asksIpv4: true, asksIpv6: true, timeoutMs: 30_000 };

/** `zone`: addresses by name, or the code of an error. A TTL is 5 seconds. */
function cacheOf(zone: Zone, rules: Partial<Resolver> = {}): { cache: NameCache; clock: FakeClock; asked: string[] } {
  const clock = new FakeClock();
  const asked: string[] = [];
  const servers: NameServers = {
    addresses: async (name, family) => {
      asked.push(`${name} ${family}`);
      const found = zone[name] ?? 'ENOTFOUND';
      if (typeof found === 'string') {
        throw Object.assign(new Error(found), { code: found });
      }
      const own = found.filter((address) => address.includes(':') === (family === 6));
      if (own.length === 0) {
        throw Object.assign(new Error('none'), { code: 'ENODATA' });
      }
      return own.map((address) => ({ address, ttl: 5 }));
    },
    services: async (name) => {
      asked.push(name);
      return [
        { name: 'one', port: 8001, priority: 1, weight: 0 },
        { name: 'two', port: 8002, priority: 2, weight: 7 },
        { name: 'lost', port: 8003, priority: 1, weight: 1 },
      ];
    },
  };
  return { cache: new NameCache({ ...RULES, ...rules }, servers, clock), clock, asked };
}

function said(answer: NameAnswer | undefined): unknown {
  return answer?.kind === 'found' ? answer.servers : answer?.reason;
}

test('a name has the addresses of both families, and is asked for once by all until they are too old', async () => {
  const { cache, clock, asked } = cacheOf({ app: ['192.0.2.1', '2001:db8::1', '192.0.2.1'] });
  const both = await Promise.all([cache.lookUp('app'), cache.lookUp('app')]);
  deepEqual(said(both[0]), [{ address: '192.0.2.1' }, { address: '2001:db8::1' }]);
  equal(both[0], both[1]);
  clock.advance(4999);
  await cache.lookUp('app');
  deepEqual(asked, ['app 4', 'app 6']);
  clock.advance(1);
  equal(cache.fresh('app'), undefined);
  await cache.lookUp('app');
  equal(asked.length, 4);
});

test('one family alone is asked for, and what is configured is longer than the TTL', async () => {
  const { cache, clock, asked } = cacheOf({ app: ['192.0.2.1', '2001:db8::1'] }, { asksIpv6: false, validMs: 60_000 });
  deepEqual(said(await cache.lookUp('app')), [{ address: '192.0.2.1' }]);
  clock.advance(59_999);
  await cache.lookUp('app');
  deepEqual(asked, ['app 4']);
});

test('failures are told in the words of nginx, and one family that has none is no failure', async () => {
  const { cache } = cacheOf({
    four: ['192.0.2.1'],
    broken: 'ESERVFAIL',
    refused: 'EREFUSED',
    slow: 'ETIMEOUT',
    odd: 'EODD',
  });
  deepEqual(said(await cache.lookUp('four')), [{ address: '192.0.2.1' }]);
  deepEqual(
    await Promise.all(
      ['absent', 'broken', 'refused', 'slow', 'odd'].map(async (name) => said(await cache.lookUp(name))),
    ),
    ['3: Host not found', '2: Server failure', '5: Operation refused', '110: Operation timed out', 'unknown: EODD'],
  );
});

test('the last addresses are remembered where nobody knows better, and forgotten where there are none any more', async () => {
  const zone: Record<string, readonly string[] | string> = { app: ['192.0.2.1'] };
  const { cache, clock } = cacheOf(zone);
  await cache.lookUp('app');
  clock.advance(5000);
  zone['app'] = 'ESERVFAIL';
  equal(said(await cache.lookUp('app')), '2: Server failure');
  deepEqual(said(cache.last('app')), [{ address: '192.0.2.1' }]);
  zone['app'] = 'ENOTFOUND';
  await cache.lookUp('app');
  equal(said(cache.last('app')), '3: Host not found');
});

test('a service has the addresses of its servers with their ports and weights; those of lower priority are spare ones', async () => {
  const { cache, asked } = cacheOf({ one: ['192.0.2.1'], two: ['192.0.2.2'] });
  deepEqual(said(await cache.lookUp('example.com', 'http')), [
    { address: '192.0.2.1', service: { name: 'one', port: 8001, weight: 1, isBackup: false } },
    { address: '192.0.2.2', service: { name: 'two', port: 8002, weight: 7, isBackup: true } },
  ]);
  await cache.lookUp('example.com', '_a._udp');
  deepEqual(
    asked.filter((name) => name.includes('example')),
    ['_http._tcp.example.com', '_a._udp.example.com'],
  );
});

test('a name server that does not answer is not waited for longer than configured', async () => {
  const never: NameServers = {
    addresses: () => new Promise(() => undefined),
    services: () => new Promise(() => undefined),
  };
  const cache = new NameCache({ ...RULES, timeoutMs: 1 }, never, new FakeClock());
  equal(said(await cache.lookUp('app')), '110: Operation timed out');
});

test('no more answers are kept than there is room for', async () => {
  const { cache } = cacheOf({});
  await cache.lookUp('first');
  for (let count = 0; count < 1000; count += 1) {
    await cache.lookUp(`n${count}`);
  }
  equal(cache.last('first'), undefined);
  equal(said(cache.last('n0')), '3: Host not found');
});
