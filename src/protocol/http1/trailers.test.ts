import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from './faults.ts';
import { keepTrailers } from './trailers.ts';
import type { Field } from './types.ts';

function keep(...names: string[]): unknown {
  const fields: Field[] = names.map((name) => ({ name, lower: name.toLowerCase(), value: 'x' }));
  const kept = keepTrailers(fields);
  return isFault(kept) ? kept.code : kept.map(({ name }) => name);
}

test('keepTrailers() keeps what a trailer may say', () => {
  assert.deepEqual(keep('Digest', 'Server-Timing', 'grpc-status'), ['Digest', 'Server-Timing', 'grpc-status']);
  assert.deepEqual(keep(), []);
});

test('keepTrailers() drops what was decided before', () => {
  assert.deepEqual(keep('Cookie', 'X', 'AUTHORIZATION', 'X-Forwarded-Host', 'Content-Type', 'Trailer'), ['X']);
});

test('keepTrailers() refuses what would change framing or routing', () => {
  for (const name of ['Content-Length', 'transfer-encoding', 'HOST']) {
    assert.equal(keep('X', name), 'http1.forbidden-trailer');
  }
});
