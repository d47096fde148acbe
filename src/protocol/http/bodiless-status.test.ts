import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { forbidsBody } from './bodiless-status.ts';

test('forbidsBody() knows every status that never has a body', () => {
  for (const status of [100, 101, 103, 204, 205, 304]) equal(forbidsBody(status), true, String(status));
  for (const status of [200, 203, 206, 303, 404, 500]) equal(forbidsBody(status), false, String(status));
});
