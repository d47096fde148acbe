import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { TlsHandshake } from './tls-handshake.ts';

function begin(bytesRead: number) {
  const told: string[] = [];
  const connection = { bytesRead, destroy: () => void told.push('closed') };
  const handshake = new TlsHandshake(connection, '192.0.2.1', {
    dueMs: 1000,
    waiting: undefined,
    onOverdue: () => void told.push('overdue'),
    onBug: () => void told.push('bug'),
  });
  return { told, handshake };
}

test('a handshake that is not over in time is told of, and closed', () => {
  const { told, handshake } = begin(5);
  handshake.onTick(999);
  deepEqual(told, []);
  handshake.onTick(1000);
  deepEqual(told, ['overdue', 'closed']);
});

test('a connection that waits behind its handshake is closed without a word, and shares what its address shares', () => {
  const { told, handshake } = begin(5);
  const services = {};
  handshake.waitFor(5000, services);
  equal(handshake.services, services);
  handshake.onTick(4999);
  deepEqual(told, []);
  handshake.onTick(5000);
  deepEqual(told, ['closed']);
});

test('only who has begun a handshake that is not over is waited for when the server stops', () => {
  for (const [bytesRead, isOver, expected] of [
    [0, false, ['closed']],
    [5, false, []],
    [5, true, ['closed']],
  ] as const) {
    const { told, handshake } = begin(bytesRead);
    if (isOver) handshake.waitFor(5000, {});
    handshake.closeIfIdle();
    deepEqual(told, expected);
  }
});
