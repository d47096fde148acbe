import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';

test('readOptions() takes nine rounds of all cases when nothing is asked for', () => {
  const options = readOptions({});
  assert.deepEqual([options.rounds, options.seconds, options.cases, options.isRecord], [9, 2, undefined, true]);
  assert.match(options.peers, /\/var\/bench\/peers$/);
  assert.equal(options.hasOwnPeers, false);
});

test('readOptions() takes fewer and shorter rounds with QUICK, and keeps no record of them', () => {
  const options = readOptions({ QUICK: '1' });
  assert.deepEqual([options.rounds, options.seconds, options.isRecord], [3, 1, false]);
  assert.equal(readOptions({ QUICK: '0' }).rounds, 9);
});

test('readOptions() takes as many rounds as are asked for, and keeps no record of them', () => {
  const options = readOptions({ ROUNDS: '5' });
  assert.deepEqual([options.rounds, options.seconds, options.isRecord], [5, 2, false]);
  assert.equal(readOptions({ ROUNDS: 'many' }).rounds, 9);
});

test('readOptions() runs the cases that are named, whatever separates them', () => {
  const options = readOptions({ CASES: 'w1, S1', PEERS: '/srv/peers' });
  assert.deepEqual(options.cases, ['W1', 'S1']);
  assert.deepEqual([options.isRecord, options.peers, options.hasOwnPeers], [false, '/srv/peers', true]);
});
