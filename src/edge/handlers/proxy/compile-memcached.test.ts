import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Instruction } from '../../../config/model/instruction.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import type { AskedRequest } from './asked-request.ts';
import { compileMemcachedRequest } from './compile-memcached.ts';
import { askFake, FAKE_PLACE } from './fake-proxied.ts';

const SETS: readonly Instruction[] = [{ kind: 'set', variable: 'memcached_key', value: [{ variable: 'uri' }] }];

function asked(request: FakeRequestLine, rewrite: readonly Instruction[] = SETS): AskedRequest | number | undefined {
  return askFake({ rewrite }, request, (compilation) => {
    const ask = compileMemcachedRequest(compilation);
    return (route) => ask(route, FAKE_PLACE, 0);
  }).made;
}

test('the key is that of the configuration, and only reading is possible', () => {
  const made = asked({ path: '/a b' });
  deepEqual(typeof made === 'object' ? [made.method, made.target, made.fields] : made, ['GET', '/a b', []]);
  equal(asked({ path: '/a', method: 'POST' }), 405);
  equal(asked({ path: '/a' }, []), 500);
});
