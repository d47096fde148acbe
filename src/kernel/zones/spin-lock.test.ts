import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { giveLock, takeLock } from './spin-lock.ts';

test('a lock is taken and given back', () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  takeLock(words, 1, 7);
  equal(words[1], 7);
  giveLock(words, 1, 7);
  equal(words[1], 0);
});

test('a lock whose holder has ended is taken over, and not given back by who has lost it', () => {
  const words = new Int32Array(new SharedArrayBuffer(4));
  takeLock(words, 0, 7);
  takeLock(words, 0, 8);
  equal(words[0], 8);
  giveLock(words, 0, 7);
  equal(words[0], 8);
});
