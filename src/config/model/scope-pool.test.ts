import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AddressRule } from './access.ts';
import type { Scope } from './scope.ts';
import { newScopePool } from './scope-pool.ts';

/** No test looks at more of a scope. */
function scope(serverField: string, addresses: readonly AddressRule[] | undefined, isException = false): Scope {
  const access = addresses && { satisfies: 'all', addresses, delayMs: 0 };
  return {
    serverField,
    ...(isException ? { exceptMethods: { methods: ['GET'], access } } : access && { access }),
  } as unknown as Scope;
}

test('newScopePool() tells scopes apart by their lists of addresses, and takes equal lists for one', () => {
  const pool = newScopePool();
  const [allow, deny] = [
    { allows: true, from: '10.0.0.0/8' },
    { allows: false, from: 'all' },
  ];
  const first = [allow, deny];
  const indexes = [
    scope('a', first),
    scope('a', [allow, deny]),
    scope('a', [deny]),
    scope('b', first),
    scope('a', undefined),
    scope('a', first, true),
    scope('a', first),
  ].map((each) => pool.add(each));
  assert.deepEqual(indexes, [0, 0, 1, 2, 3, 4, 0]);
});

test('newScopePool() looks through a list that many scopes have once', () => {
  let looks = 0;
  const rule = {
    allows: false,
    get from(): string {
      looks += 1;
      return '192.0.2.1';
    },
  };
  const pool = newScopePool();
  const list = [rule];
  for (let site = 0; site < 100; site += 1) {
    pool.add(scope(String(site), list));
  }
  assert.equal(pool.values.length, 100);
  assert.equal(looks, 1);
});
