import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { omit } from './omit.ts';

test('omit() leaves away what it is told to, and the original as it was', () => {
  const whole = { id: 1, name: 'a', kind: 'b' };
  deepEqual(omit(whole, 'id', 'kind'), { name: 'a' });
  deepEqual(whole, { id: 1, name: 'a', kind: 'b' });
});
