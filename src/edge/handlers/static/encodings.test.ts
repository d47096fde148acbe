import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Coding } from './encodings.ts';
import { AcceptanceMemory, chooseEncoded, parseAcceptEncoding } from './encodings.ts';
import { STATIC_LIMITS } from './limits.ts';

/** Sorted by size, as the loader does. */
const ALL = [
  { coding: 'br', size: 20 },
  { coding: 'zstd', size: 25 },
  { coding: 'gzip', size: 30 },
  { coding: 'identity', size: 100 },
] as const;

function choose(
  field: string | undefined,
  available: readonly Coding[] = ['br', 'zstd', 'gzip', 'identity'],
): Coding | undefined {
  const representations = ALL.filter(({ coding }) => available.includes(coding)).map((one) => ({
    ...one,
    isForced: false,
  }));
  return chooseEncoded(representations, parseAcceptEncoding(field))?.coding;
}

test('chooseEncoded() takes the smallest of what the client likes best', () => {
  assert.equal(choose('gzip, deflate, br, zstd'), 'br');
  assert.equal(choose('gzip, deflate, br, zstd', ['gzip', 'zstd', 'identity']), 'zstd');
  assert.equal(choose('gzip, deflate'), 'gzip');
  assert.equal(choose('gzip;q=1.0, br;q=0.5'), 'gzip');
  assert.equal(choose('br;q=0.001,gzip;q=0.002'), 'gzip');
});

test('chooseEncoded() falls back to identity', () => {
  assert.equal(choose(undefined), 'identity');
  assert.equal(choose(''), 'identity');
  assert.equal(choose('deflate'), 'identity');
  assert.equal(choose('gzip, br', ['identity']), 'identity');
  assert.equal(choose('identity'), 'identity');
});

test('identity that is not listed comes last, listed by its weight', () => {
  assert.equal(choose('gzip;q=0.001'), 'gzip');
  assert.equal(choose('gzip;q=0.5, identity;q=0.8'), 'identity');
  assert.equal(choose('gzip, identity'), 'gzip');
});

test('a weight of 0 refuses', () => {
  assert.equal(choose('br;q=0, gzip'), 'gzip');
  assert.equal(choose('gzip;q=0.000'), 'identity');
  assert.equal(choose('identity;q=0', ['identity']), undefined);
  assert.equal(choose('identity;q=0, gzip', ['gzip', 'identity']), 'gzip');
  assert.equal(choose('*;q=0', ['br', 'identity']), undefined);
  assert.equal(choose('*;q=0, identity', ['br', 'identity']), 'identity');
});

test('* stands for all that is not listed', () => {
  assert.equal(choose('*'), 'br');
  assert.equal(choose('br;q=0, *'), 'zstd');
  assert.equal(choose('gzip, *;q=0.1'), 'gzip');
});

test('names are case-insensitive and x-gzip is gzip', () => {
  assert.equal(choose('GZIP'), 'gzip');
  assert.equal(choose('x-gzip'), 'gzip');
  assert.equal(choose('br ; Q=0.5\t, X-GZIP ;q=1.000'), 'gzip');
});

test('malformed members say nothing', () => {
  for (const field of [
    'gzip;q=2',
    'gzip;q=-1',
    'gzip;q=0.1234',
    'gzip;level=9',
    'gzip br',
    ';q=1',
    'gzip;q=',
    '"gzip"',
    ',,',
  ]) {
    assert.equal(choose(field), 'identity', field);
  }
});

test('AcceptanceMemory gives the same answer again and does not grow without bound', () => {
  const memory = new AcceptanceMemory();
  assert.equal(memory.recall('gzip'), memory.recall('gzip'));
  for (let index = 0; index < STATIC_LIMITS.acceptEncodingsMax + 1; index += 1) {
    assert.equal(memory.recall(`x-${index}`).gzip, 0);
  }
  assert.equal(memory.recall(undefined).br, 0);
  const long = `gzip${' '.repeat(STATIC_LIMITS.acceptEncodingCharsMax)}`;
  assert.notEqual(memory.recall(long), memory.recall(long));
  assert.equal(memory.recall(long).gzip, 1000);
});
