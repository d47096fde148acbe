import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_KINDS } from '../block-kind.ts';
import { valueType } from '../value-types.ts';
import { NGINX_TABLE } from './table.ts';

const { rows } = NGINX_TABLE;

test('a directive has one meaning in each block', () => {
  const places = rows.flatMap(({ name, contexts }) => contexts.map((kind) => `${name} in ${kind}`));
  const twice = places.filter((place, index) => places.indexOf(place) !== index);
  assert.deepEqual(twice, []);
});

test('rows name blocks and types that there are', () => {
  const kinds = new Set<string>(BLOCK_KINDS);
  const wrong = rows.filter(
    ({ contexts, arity, types }) =>
      !contexts.every((kind) => kinds.has(kind)) ||
      (arity.block !== undefined && !kinds.has(arity.block)) ||
      !types.every((type) => valueType(type) !== undefined),
  );
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
  );
});

test('rows and reasons are sentences', () => {
  const texts = rows.flatMap(({ name, doc, status }) => [
    { name, text: doc },
    ...(status.kind === 'supported' ? [] : [{ name, text: status.why }]),
  ]);
  assert.deepEqual(
    texts.filter(({ text }) => !/^[A-Z`$"\w].*[.]$/.test(text)).map(({ name, text }) => `${name}: ${text}`),
    [],
  );
});

test('the table has what is in most files', () => {
  for (const [name, kind] of [
    ...([
      ['user', 'main'],
      ['worker_connections', 'events'],
      ['sendfile', 'http'],
      ['listen', 'server'],
    ] as const),
    ...([
      ['proxy_pass', 'location'],
      ['uwsgi_pass', 'location'],
      ['ssl_certificate', 'server'],
    ] as const),
    ...([
      ['server', 'upstream'],
      ['proxy_pass', 'stream-server'],
      ['return', 'server-if'],
    ] as const),
  ]) {
    assert.equal(NGINX_TABLE.find(name, kind)?.name, name);
  }
  assert.equal(NGINX_TABLE.find('constructor', 'main'), undefined);
});
