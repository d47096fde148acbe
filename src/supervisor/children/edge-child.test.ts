import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigureEdge } from '../../protocol/control/edge.ts';
import { edgeEnvironment, numberInherited } from './edge-child.ts';

test('numberInherited() counts descriptors as the child sees them', () => {
  const tcp = { kind: 'tcp', address: '::', port: 1, path: '', isTls: false, isStream: false, listener: 0 } as const;
  const listeners = [
    { ...tcp, fds: [21, 22] },
    { ...tcp, fds: [35] },
  ];
  const { configure, fds } = numberInherited({
    listeners,
    lanes: [41, 42],
    board: 50,
    logs: [null, 60],
    hiddenLogs: [{ path: '/a', fd: 70 }],
  } as unknown as ConfigureEdge);
  assert.deepEqual(
    configure.listeners.map((listener) => listener.fds),
    [[5, 6], [7]],
  );
  assert.deepEqual([configure.lanes, configure.board], [[8, 9], 10]);
  assert.deepEqual(fds, [2, 21, 22, 35, 41, 42, 50, 60, 70]);
  assert.deepEqual(configure.logs, [null, 11]);
  assert.deepEqual(configure.hiddenLogs, [{ path: '/a', fd: 12 }]);
});

test('edgeEnvironment() gives the edge nothing of the application, and an arena of memory for each of its threads', () => {
  const own = { TZ: 'UTC', SECRET_KEY: 'x', MALLOC_ARENA_MAX: '8', PATH: '/bin', NODE_COMPILE_CACHE: '/cache' };
  assert.deepEqual(edgeEnvironment(own, 2), { TZ: 'UTC', NODE_COMPILE_CACHE: '/cache', MALLOC_ARENA_MAX: '2' });
});
