import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from './backoff.ts';
import { describeExit } from './exit-words.ts';

test('describeExit() names codes and signals', () => {
  assert.equal(describeExit({ code: 3, signal: null }), 'exited with code 3');
  assert.equal(describeExit({ code: null, signal: 'SIGSEGV' }), 'was killed by SIGSEGV (segmentation fault)');
  assert.equal(describeExit({ code: null, signal: 'SIGRTMIN' }), 'was killed by SIGRTMIN');
  assert.equal(describeExit({ code: null, signal: null }), 'is gone');
});

test('backoffMs() doubles from 100 ms to 30 s', () => {
  assert.deepEqual([0, 1, 2, 3, 9, 10, 1000].map(backoffMs), [0, 100, 200, 400, 25_600, 30_000, 30_000]);
});
