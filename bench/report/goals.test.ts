import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measured } from '../harness/rounds.ts';
import { boundGoal, cpuGoal, rateGoal } from './goals.ts';

const MEASURED: readonly Measured[] = [
  { name: 'Portico', samples: [1, 2, 3].map((value) => ({ value, cpuUs: 10, faults: '' })) },
  { name: 'nginx', samples: [2, 2, 2].map((value) => ({ value, cpuUs: 20, faults: '' })) },
  { name: 'broken', samples: [], failure: 'did not start' },
];

test('rateGoal() compares the median of the ratios with the bound', () => {
  assert.deepEqual(rateGoal(MEASURED, 'hello', 'nginx', { atLeast: 1 }), {
    what: 'hello: requests/s, times nginx',
    required: '≥ 1.00',
    measured: '1.00 (0.75 to 1.25)',
    isMet: true,
  });
  assert.equal(rateGoal(MEASURED, 'hello', 'nginx', { atLeast: 1.1 }).isMet, false);
});

test('cpuGoal() compares processor time', () => {
  const goal = cpuGoal(MEASURED, 'hello', 'nginx', { atMost: 0.6 });
  assert.deepEqual([goal.required, goal.measured, goal.isMet], ['≤ 0.60', '0.50 (0.50 to 0.50)', true]);
  assert.equal(cpuGoal(MEASURED, 'hello', 'nginx', { atMost: 0.4 }).isMet, false);
});

test('a goal beside what could not be measured is not met', () => {
  const goal = rateGoal(MEASURED, 'hello', 'broken', { atLeast: 1 });
  assert.deepEqual([goal.measured, goal.isMet], ['– (– to –)', false]);
});

test('boundGoal() shows both figures in the same form', () => {
  const format = (value: number): string => `${value} MB`;
  assert.equal(boundGoal('memory', 90, { atMost: 110 }, { text: format(90), format }).required, '≤ 110 MB');
});
