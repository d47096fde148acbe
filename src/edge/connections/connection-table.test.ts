import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { newTrafficRows, Traffic } from '../shared/traffic.ts';
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
    traffic: new Traffic(newTrafficRows(1), newConnectionCounters(), 0),
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

test('ConnectionTable counts who is let in, who is not, and who sends a head', () => {
  const counters = newConnectionCounters();
  const traffic = new Traffic(newTrafficRows(1), counters, 0);
  const table = new ConnectionTable({
    clock: new FakeClock(),
    caps: { connectionsMax: 1, connectionsPerAddressMax: 0 },
    counters,
    traffic,
    onRefused: () => undefined,
    onEmpty: () => undefined,
  });
  const connection = { ...CONNECTION, isReading: true };
  equal(table.admits(connection.address), true);
  table.add(connection);
  equal(table.admits(connection.address), false);
  const { accepted, handled, active, reading, waiting } = traffic.numbers();
  deepEqual(
    { accepted, handled, active, reading, waiting },
    { accepted: 2, handled: 1, active: 1, reading: 1, waiting: 0 },
  );
  table.remove(connection);
  equal(traffic.numbers().reading, 0);
});
