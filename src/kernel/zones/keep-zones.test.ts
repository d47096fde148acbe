import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { ZoneSpec } from './keep-zones.ts';
import { keepZones } from './keep-zones.ts';

const ONE: ZoneSpec = { kind: 'requests', name: 'one', bytes: 65_536, key: '$remote_addr' };

test('keepZones() goes on with a zone of the same kind, name, size and key', () => {
  const running = [{ ...ONE, memory: 1 }];
  deepEqual([...keepZones(running, [ONE]).kept.values()], running);
  for (const other of [
    { ...ONE, name: 'two' },
    { ...ONE, bytes: 32_768 },
    { ...ONE, kind: 'connections' as const },
  ]) {
    deepEqual(keepZones(running, [other]), { kept: new Map(), conflicts: [] });
  }
});

test('keepZones() tells of a zone that would have another key', () => {
  const wanted = { ...ONE, key: '$uri' };
  deepEqual(keepZones([ONE], [wanted]), { kept: new Map(), conflicts: [{ running: ONE, wanted }] });
});
