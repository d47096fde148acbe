import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../draft.ts';
import { readText } from '../fake-files.ts';
import { setFieldsOf } from './set-fields.ts';

function read(server: string): { rules: unknown[]; told: string[] } {
  const { draft, diagnostics } = readText(`events {} http { server { ${server} } }`);
  return {
    rules: setFieldsOf(innermost(draft)).map(({ name, value, effect }) => [effect, name, value]),
    told: diagnostics.map(({ message }) => message),
  };
}

function innermost(draft: Draft): Draft {
  const last = draft.children.findLast(({ kind }) => ['http', 'server', 'location'].includes(kind));
  return last === undefined ? draft : innermost(last);
}

test('fields are set and removed in the order of the blocks', () => {
  const { rules, told } = read(
    `more_set_headers 'Server: mine' 'X-Empty:'; location / { more_clear_headers Server 'X-Hidden-*'; more_set_headers "X-A: a $host"; }`,
  );
  assert.deepEqual(rules, [
    ['set', 'Server', 'mine'],
    ['clear', 'X-Empty', ''],
    ['clear', 'Server', ''],
    ['clear', 'X-Hidden-*', ''],
    ['set', 'X-A', ['a ', { variable: 'host' }]],
  ]);
  assert.deepEqual(told, []);
});

test('what is not done is told, and so is a name that no field can have', () => {
  assert.deepEqual(read(`location / { more_set_headers -s 404 'X-A: b'; }`), {
    rules: [],
    told: ['"-s" has no effect yet'],
  });
  assert.deepEqual(read(`location / { more_set_headers 'X A: b'; }`).told, ['invalid name of a field in "X A: b"']);
});
