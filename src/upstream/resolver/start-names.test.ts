import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeServer, fakeUpstream } from '../peers/fake-upstream.ts';
import { findStartNames, namesOf } from './start-names.ts';

test('namesOf() has each name once that the system looks up', () => {
  const servers = [
    fakeServer('app:80'),
    fakeServer('app:81'),
    fakeServer('127.0.0.1:80'),
    fakeServer('v6', { host: '::1' }),
    fakeServer('zone', { host: 'fe80::1%eth0' }),
    fakeServer('/run/a.sock', { isUnix: true }),
    fakeServer('cloud', { resolves: true }),
  ];
  deepEqual(namesOf([fakeUpstream(servers), fakeUpstream([fakeServer('other'), fakeServer('app')])]), ['app', 'other']);
});

test('findStartNames() does not wait for name servers that do not answer', async () => {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const found = await findStartNames(
    ['a', 'b', 'c'],
    async (name) => {
      if (name === 'c') {
        return promise;
      }
      return name === 'a' ? ['192.0.2.1'] : { code: 'ENOTFOUND' };
    },
    1,
  );
  deepEqual(
    [...found],
    [
      ['a', ['192.0.2.1']],
      ['b', { code: 'ENOTFOUND' }],
    ],
  );
  resolve(['192.0.2.2']);
  await promise;
  equal(found.size, 2, 'what comes later is not written into what was given');
});
