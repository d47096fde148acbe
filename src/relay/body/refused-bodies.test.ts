import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { RELAY_LIMITS } from '../limits.ts';
import { RefusedBodies } from './refused-bodies.ts';

test('RefusedBodies tells of the first at once, and of the others once a second with their number', () => {
  let nowMs = 5000;
  const logged: string[] = [];
  const bodies = new RefusedBodies(
    (level, text) => logged.push(`${level} ${text}`),
    () => nowMs,
  );
  for (let count = 1; count <= 100; count += 1) bodies.tell('info', `request ${count}`);
  nowMs += RELAY_LIMITS.overloadLogMs;
  bodies.tell('error', 'request 101');
  nowMs += RELAY_LIMITS.overloadLogMs;
  bodies.tell('info', 'request 102');
  deepEqual(logged, ['info request 1', 'error request 101 (and 99 more like it before)', 'info request 102']);
});
