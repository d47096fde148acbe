import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import { CountedLog } from './counted-log.ts';

test('CountedLog tells the first at once, and of the others in a second the last', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const faults = new CountedLog('no TLS with', (text) => told.push(text));
  faults.tell('192.0.2.1', 'one');
  faults.tell('192.0.2.2', 'two');
  faults.tell('', 'three');
  deepEqual(told, ['no TLS with 192.0.2.1: one']);
  t.mock.timers.tick(EDGE_LIMITS.refusalLogMs);
  deepEqual(told.slice(1), ['no TLS with 2 more, the last a Unix socket: three']);
  t.mock.timers.tick(EDGE_LIMITS.refusalLogMs);
  faults.tell('192.0.2.4', 'four');
  deepEqual(told.slice(2), ['no TLS with 192.0.2.4: four']);
});
