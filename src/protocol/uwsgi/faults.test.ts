import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modifierFault } from './faults.ts';

test('modifierFault() knows the first letter of a request of HTTP', () => {
  assert.equal(modifierFault(5).detail, 'modifier 1 is 5, and only 0, 30 and 100 are answered');
  assert.equal(
    modifierFault('G'.charCodeAt(0)).detail,
    'modifier 1 is 71, and only 0, 30 and 100 are answered; a client that speaks HTTP?',
  );
});
