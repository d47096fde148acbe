import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { RESOLVER_LIMITS } from './limits.ts';
import { NameServerList } from './name-server-list.ts';
import type { FoundAddresses } from './system-names.ts';

const settle = () => new Promise(setImmediate);

test('name servers take turns, and those that are silent come last', () => {
  const clock = new FakeClock();
  const list = new NameServerList({
    servers: ['192.0.2.1:53', '[::1]:5353', '::2:53'],
    ...{ clock, lookup: async () => [], onFound: () => undefined, log: () => undefined },
  });
  deepEqual(
    [0, 1, 2, 3].map((index) => list.at(index)?.name),
    ['192.0.2.1:53', '[::1]:5353', '[::2]:53', '192.0.2.1:53'],
  );
  deepEqual([list.begin(), list.begin(), list.begin(), list.begin()], [0, 1, 2, 0]);
  list.noteSilence(list.at(1));
  deepEqual([list.begin(), list.begin(), list.begin()], [2, 0, 2]);
  list.noteAnswer(list.at(1)!);
  deepEqual([list.begin(), list.begin()], [0, 1]);
  for (const index of [0, 1, 2]) {
    list.noteSilence(list.at(index));
  }
  deepEqual([list.begin(), list.begin()], [2, 0], 'if all are silent they are asked all the same');
  clock.advance(RESOLVER_LIMITS.silentMs);
  deepEqual([list.begin(), list.begin()], [1, 2]);
});

test('a name server that has a name stands for all its addresses, and is looked up again where none answers', async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  let found: FoundAddresses = { code: 'ENOTFOUND' };
  let heard = 0;
  const logged: string[] = [];
  const list = new NameServerList({
    servers: ['dns.internal:53', '192.0.2.9:53', 'dns.internal:54'],
    clock,
    log: (text) => logged.push(text),
    lookup: async (name) => {
      asked.push(name);
      return found;
    },
    onFound: () => {
      heard += 1;
    },
  });
  await settle();
  deepEqual([list.count, list.at(0)?.name, asked], [1, '192.0.2.9:53', ['dns.internal']]);
  deepEqual(logged, ['host not found in resolver "dns.internal" (ENOTFOUND); it is looked up again']);
  found = ['192.0.2.1', '::1'];
  list.noteSilence(list.at(0));
  await settle();
  equal(asked.length, 1, 'not so soon');
  clock.advance(RESOLVER_LIMITS.lookUpAgainMs);
  list.noteSilence(undefined);
  await settle();
  deepEqual(
    [0, 1, 2, 3, 4].map((index) => list.at(index)?.name),
    ['192.0.2.1:53', '[::1]:53', '192.0.2.9:53', '192.0.2.1:54', '[::1]:54'],
  );
  equal(heard, 0);
});

test('who waits for the first address of a name server is told', async () => {
  let heard = 0;
  const list = new NameServerList({
    servers: ['dns.internal:53'],
    ...{ clock: new FakeClock(), lookup: async () => Array.from({ length: 40 }, (_, index) => `192.0.2.${index}`) },
    log: () => undefined,
    onFound: () => {
      heard += 1;
    },
  });
  deepEqual([list.count, list.begin(), list.at(0)], [0, 0, undefined]);
  await settle();
  deepEqual([list.count, heard], [RESOLVER_LIMITS.nameServersMax, 1]);
});
