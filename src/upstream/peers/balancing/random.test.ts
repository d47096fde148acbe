import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { chosen, fakeGroup, fakeRequest, fakeServer } from '../fake-upstream.ts';
import { PEER } from '../peer-fields.ts';

function dice(...values: readonly number[]): () => number {
  let index = 0;
  return () => values[index++ % values.length] ?? 0;
}

test('random takes a peer by its weight', () => {
  const servers = [fakeServer('a'), fakeServer('b', { weight: 2 }), fakeServer('c')];
  const { group } = fakeGroup(
    servers,
    { balancing: { kind: 'random', best: undefined } },
    { chance: dice(0.1, 0.3, 0.6, 0.9) },
  );
  equal(chosen(group, 4), 'a b b c');
});

test('random takes the next in turn where chance names only peers that cannot be taken', () => {
  const servers = [fakeServer('a', { isDown: true }), fakeServer('b')];
  for (const best of [undefined, 'least-conn', 'header'] as const) {
    const { group } = fakeGroup(servers, { balancing: { kind: 'random', best } }, { chance: dice(0.1) });
    equal(chosen(group, 2), 'b b');
  }
});

test('random two takes the one of two that has less', () => {
  const servers = [fakeServer('a'), fakeServer('b'), fakeServer('c')];
  const { group } = fakeGroup(
    servers,
    { balancing: { kind: 'random', best: 'least-conn' } },
    { chance: dice(0.1, 0.1, 0.4) },
  );
  const [a] = group.peers;
  a?.write(PEER.active, 5);
  equal(chosen(group, 1), 'b', 'a twice is a once');
  a?.write(PEER.active, 0);
  group.peers[1]?.write(PEER.active, 1);
  equal(chosen(group, 1, fakeRequest()), 'a');
});
