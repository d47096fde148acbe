import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeRequestHead } from './fake-request.ts';

test('FakeRequestHead has the target that its path and query make', () => {
  const plain = new FakeRequestHead({ path: '/a' });
  deepEqual([plain.method, plain.target, plain.rawPath, plain.path, plain.query], ['GET', '/a', '/a', '/a', '']);
  const asked = new FakeRequestHead({ method: 'POST', path: '/a', query: 'b=1', fields: [['Accept', 'x']] });
  deepEqual([asked.method, asked.target, asked.path, asked.query], ['POST', '/a?b=1', '/a', 'b=1']);
  equal(asked.block.get('accept'), 'x');
});
