import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { chosen, fakeGroup, fakeRequest, fakeServer } from '../fake-upstream.ts';

const CONSISTENT = { kind: 'hash', key: [{ variable: 'arg_k' }], isConsistent: true } as const;

/** How many of a thousand keys each server has. */
function shares(weights: readonly number[]): number[] {
  const servers = weights.map((weight, index) => fakeServer(`10.0.0.${index}:80`, { weight }));
  const { group } = fakeGroup(servers, { balancing: CONSISTENT });
  const counts = new Map<string, number>();
  for (let index = 0; index < 1000; index += 1) {
    const name = chosen(group, 1, fakeRequest({ variable: () => `key${index}` }));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return servers.map(({ text }) => counts.get(text) ?? 0);
}

test('weights that come to more points than there is room for keep their shares', () => {
  const [light = 0, heavy = 0, tiny = 0] = shares([1_000_000_000, 3_000_000_000, 1]);
  equal(light + heavy + tiny, 1000);
  ok(light > 200 && light < 300, `${light} of 1000 for a quarter of the weight`);
});

test('each of many servers has its share', () => {
  const counts = shares(Array.from({ length: 200 }, () => 5));
  deepEqual(
    counts.reduce((sum, count) => sum + count, 0),
    1000,
  );
  ok(counts.filter((count) => count > 0).length > 190);
});
