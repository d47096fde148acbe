import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { mountOf } from './front-request.ts';

test('mountOf() puts what a server in front has mounted before what a location has', () => {
  const front = { scriptName: '/shop', takenAway: '/shop', isPathEmpty: false, target: '', variables: '' };
  equal(mountOf({ peer: { front }, scriptName: '/api' }), '/shop/api');
  equal(mountOf({ peer: { front }, scriptName: '' }), '/shop');
  equal(mountOf({ peer: { front: undefined }, scriptName: '/api' }), '/api');
});
