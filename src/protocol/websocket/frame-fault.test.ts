import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { frameFault } from './frame-fault.ts';

test('frameFault() is an event of its own kind', () => {
  deepEqual(frameFault(1002, 'why'), { kind: 'fault', code: 1002, detail: 'why' });
});
