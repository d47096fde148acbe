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
