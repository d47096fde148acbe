import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../draft.ts';
import { readText } from '../fake-files.ts';
import { mirrorsOf } from './mirrors.ts';

function read(server: string): { mirrors: ReturnType<typeof mirrorsOf>; told: string[] } {
  const { draft, diagnostics } = readText(`events {} http { server { ${server} } }`);
  return { mirrors: mirrorsOf(innermost(draft)), told: diagnostics.map(({ message }) => message) };
}

function innermost(draft: Draft): Draft {
  const last = draft.children.findLast(({ kind }) => ['http', 'server', 'location'].includes(kind));
  return last === undefined ? draft : innermost(last);
}

test('mirrors are those of the nearest block that names any, and can be taken back', () => {
  assert.deepEqual(read('mirror /a; mirror /b; location / {}').mirrors, { uris: ['/a', '/b'], hasBody: true });
  assert.deepEqual(read('mirror /a; mirror_request_body off; location / { mirror /b; }').mirrors, {
    uris: ['/b'],
    hasBody: false,
  });
  assert.equal(read('mirror /a; location / { mirror off; }').mirrors, undefined);
  assert.equal(read('location / {}').mirrors, undefined);
});

test('a block that takes mirrors back names none', () => {
  assert.deepEqual(read('location / { mirror off; mirror /b; }').told, ['"mirror" directive is duplicate']);
  assert.deepEqual(read('location / { mirror /b; mirror off; }').told, ['"mirror" directive is duplicate']);
});
