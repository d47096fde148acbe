import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../kernel/fake-clock.ts';
import type { TrackedConnection } from './connection-table.ts';
import { ConnectionTable, newConnectionCounters } from './connection-table.ts';

const CONNECTION: TrackedConnection = {
  address: '192.0.2.1',
  onTick: () => undefined,
  closeIfIdle: () => undefined,
  destroy: () => undefined,
  onBug: () => undefined,
};

test('ConnectionTable knows the time when the first connection comes after a quiet hour', () => {
  const clock = new FakeClock();
  const table = new ConnectionTable({
    clock,
    caps: { connectionsMax: 0, connectionsPerAddressMax: 0 },
    counters: newConnectionCounters(),
    onRefused: () => undefined,
    onEmpty: () => undefined,
  });
  clock.advance(3_600_000);
  equal(table.admits(CONNECTION.address), true);
  equal(table.nowMs, 3_600_000, 'deadlines are set by it before the connection is in the table');
  table.add(CONNECTION);
  table.remove(CONNECTION);
  equal(table.size, 0);
});
