import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { AskingTurns } from './asking-turns.ts';

const LONG_MS = 60_000;

test('AskingTurns lets so many ask at a time, and who waits in their order', async () => {
  const turns = new AskingTurns(2, 10);
  const [first, second] = [await turns.take(LONG_MS), await turns.take(LONG_MS)];
  const begun: string[] = [];
  const wait = (name: string): Promise<unknown> =>
    turns.take(LONG_MS).then((turn) => {
      begun.push(name);
      return turn;
    });
  const waiting = ['a', 'b'].map(wait);
  await Promise.resolve();
  deepEqual(begun, []);
  first?.();
  await waiting[0];
  deepEqual(begun, ['a']);
  second?.();
  await waiting[1];
  deepEqual(begun, ['a', 'b']);
});

test('AskingTurns refuses who comes when too many wait, and who has waited long enough', async () => {
  const turns = new AskingTurns(1, 1);
  const first = await turns.take(LONG_MS);
  const waiting = turns.take(0);
  equal(await turns.take(LONG_MS), undefined);
  equal(await waiting, undefined);
  first?.();
  notEqual(await turns.take(LONG_MS), undefined);
});
