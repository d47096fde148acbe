import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Ending } from './ending.ts';

test('what waits for the end is done once, in its order', () => {
  const done: string[] = [];
  const ending = new Ending();
  ending.when(() => done.push('a'));
  ending.when(() => done.push('b'));
  deepEqual(done, []);
  ending.come();
  ending.come();
  deepEqual(done, ['a', 'b']);
});

test('the end is put off by who holds it, even when it has come', () => {
  const done: string[] = [];
  const ending = new Ending();
  const release = ending.hold();
  let releaseLate = (): void => undefined;
  ending.when(() => {
    releaseLate = ending.hold();
  });
  ending.when(() => done.push('end'));
  ending.come();
  release();
  deepEqual(done, []);
  releaseLate();
  deepEqual(done, ['end']);
});

test('what is to be done at an end that has come is done at once, or when the last who holds it lets go', () => {
  const done: string[] = [];
  const ending = new Ending();
  ending.come();
  ending.when(() => done.push('late'));
  deepEqual(done, ['late']);
  const release = ending.hold();
  ending.when(() => done.push('held'));
  deepEqual(done, ['late']);
  release();
  deepEqual(done, ['late', 'held']);
});
