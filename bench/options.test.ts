import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';

test('readOptions() takes nine rounds of all cases when nothing is asked for', () => {
  const options = readOptions({});
  assert.deepEqual([options.rounds, options.seconds, options.cases, options.record], [9, 2, undefined, 'results']);
  assert.match(options.peers, /\/var\/bench\/peers$/);
  assert.equal(options.hasOwnPeers, false);
});

test('readOptions() takes fewer and shorter rounds with QUICK, and keeps no record of them', () => {
  const options = readOptions({ QUICK: '1' });
  assert.deepEqual([options.rounds, options.seconds, options.record], [3, 1, undefined]);
  assert.equal(readOptions({ QUICK: '0' }).rounds, 9);
});

test('readOptions() takes as many rounds as are asked for, and keeps no record of them', () => {
  const options = readOptions({ ROUNDS: '5' });
  assert.deepEqual([options.rounds, options.seconds, options.record], [5, 2, undefined]);
  assert.equal(readOptions({ ROUNDS: 'many' }).rounds, 9);
});

test('readOptions() runs the cases that are named, whatever separates them', () => {
  const options = readOptions({ CASES: 'w1, S1', PEERS: '/srv/peers' });
  assert.deepEqual(options.cases, ['W1', 'S1']);
  assert.deepEqual([options.record, options.peers, options.hasOwnPeers], [undefined, '/srv/peers', true]);
});

test('readOptions() keeps some cases on a page of their own, and never on that of all', () => {
  assert.equal(readOptions({ CASES: 'P1', ROUNDS: '4', RECORD: 'proxying' }).record, 'proxying');
  assert.equal(readOptions({ CASES: 'P1', RECORD: '' }).record, undefined);
  for (const RECORD of ['results', '../README', 'P1']) {
    assert.throws(() => readOptions({ CASES: 'P1', RECORD }), /name of a page/);
  }
});
