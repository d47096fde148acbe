import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionCounts, newCountMemory } from './connection-count.ts';
import type { ConnectionLimit } from './limit-connections.ts';
import { limitConnections, releaseHeld } from './limit-connections.ts';

function limitOf(max: number): ConnectionLimit {
  return { counts: new ConnectionCounts(newCountMemory(65_536), 65_536), max };
}

test('limitConnections() counts a request in each zone and rejects it in all', () => {
  const limits = [limitOf(3), limitOf(1)];
  const first = limitConnections(limits, ['client', 'host']);
  equal(first.kind, 'passed');
  for (let count = 0; count < 9; count += 1) {
    // If it stayed counted in the first zone, that would be the one to reject.
    deepEqual(limitConnections(limits, ['client', 'host']), { kind: 'rejected', limit: 1, isFull: false });
  }
  releaseHeld(first.kind === 'passed' ? first.held : []);
  equal(limitConnections(limits, ['client', 'host']).kind, 'passed');
});

test('limitConnections() leaves out empty keys and those that are too long', () => {
  const limits = [limitOf(0), limitOf(0)];
  deepEqual(limitConnections(limits, ['', 'k'.repeat(256)]), { kind: 'unlimited' });
  equal(limitConnections(limits, ['', 'k'.repeat(255)]).kind, 'rejected');
});
