import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renumber } from './edge-child.ts';

test('renumber() counts descriptors as the child sees them', () => {
  const tcp = { kind: 'tcp', address: '::', port: 1, path: '', isTls: false } as const;
  const listeners = [
    { ...tcp, fds: [21, 22] },
    { ...tcp, fds: [35] },
  ];
  assert.deepEqual(
    renumber(listeners).map(({ fds }) => fds),
    [[4, 5], [6]],
  );
});
