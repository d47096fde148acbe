import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldMemo } from '../../src/protocol/http1/field-memo.ts';
import type { TraceOptions, Vector } from './http1-vectors.ts';
import { inPieces, inRandomPieces, readVectors, trace } from './http1-vectors.ts';
import { seededRandom } from './seeded-random.ts';

const VECTORS = readVectors();
const CASES_MIN = 120;

for (const vector of VECTORS) {
  test(vector.name, () => {
    const options: TraceOptions = { methods: vector.methods, memo: new FieldMemo() };
    for (const size of [Math.max(vector.bytes.length, 1), 7, 2, 1]) {
      assert.deepEqual(trace(inPieces(vector.bytes, size), options).events, vector.events, `${size} bytes at a time`);
    }
    const random = seededRandom(vector.bytes.length);
    for (let round = 0; round < 8; round += 1) {
      assert.deepEqual(trace(inRandomPieces(vector.bytes, random), options).events, vector.events, `round ${round}`);
    }
  });
}

test('a request before one that is refused is delivered', () => {
  const good = 'GET /good HTTP/1.1\r\nHost: example.org\r\n\r\n';
  const delivered = trace([Buffer.from(good)]).events;
  for (const vector of VECTORS.filter((item) => item.methods === undefined && !item.isValid)) {
    const { events } = trace([Buffer.concat([Buffer.from(good), vector.bytes])]);
    assert.deepEqual(events, [...delivered, ...vector.events], vector.name);
  }
});

test('there are enough vectors, and each is where it belongs', () => {
  assert.ok(VECTORS.length >= CASES_MIN, `${VECTORS.length} cases`);
  assert.equal(new Set(VECTORS.map(({ name }) => name)).size, VECTORS.length, 'two cases have one name');
  const misplaced = VECTORS.filter((vector) => isRefused(vector) === vector.isValid);
  assert.deepEqual(
    misplaced.map(({ name }) => name),
    [],
  );
});

function isRefused({ events }: Vector): boolean {
  return /^(fault|eof) /.test(events.at(-1) ?? '');
}
