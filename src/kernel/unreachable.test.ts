import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unreachable } from './unreachable.ts';

test('unreachable() throws what came from outside the types', () => {
  assert.throws(() => unreachable({ kind: 'new' } as never), /unreachable: {"kind":"new"}/);
});
