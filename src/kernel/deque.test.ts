import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Deque } from './deque.ts';

test('Deque keeps order at both ends when it grows around its end', () => {
  const deque = new Deque<number>();
  for (let n = 0; n < 10; n += 1) {
    deque.push(n);
  }
  for (let n = 0; n < 8; n += 1) {
    equal(deque.shift(), n);
  }
  for (let n = 10; n < 40; n += 1) {
    deque.push(n);
  }
  deque.unshift(7);
  equal(deque.peek(), 7);
  equal(deque.size, 33);
  deepEqual(deque.takeAll(), [7, 8, 9, ...Array.from({ length: 30 }, (_, n) => n + 10)]);
  equal(deque.size, 0);
  equal(deque.shift(), undefined);
  equal(deque.peek(), undefined);
});

test('Deque.find() gives the first that is meant', () => {
  const deque = new Deque<number>();
  for (let n = 0; n < 20; n += 1) {
    deque.push(n);
  }
  for (let n = 0; n < 10; n += 1) {
    deque.shift();
    deque.push(20 + n);
  }
  equal(
    deque.find((n) => n > 18),
    19,
  );
  equal(
    deque.find((n) => n < 10),
    undefined,
  );
});
