import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measured } from '../harness/rounds.ts';
import { findMeasured, listFaults, median, quantile, summarize, summarizeRatios } from './statistics.ts';

function measured(name: string, values: readonly number[]): Measured {
  return { name, samples: values.map((value) => ({ value, faults: '' })) };
}

test('median() is the middle, or half way between two', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

test('median() of nothing is not a number', () => {
  assert.equal(median([]), Number.NaN);
});

test('quantile() goes from the least to the most', () => {
  assert.deepEqual(
    [0, 0.25, 0.99, 1].map((share) => quantile([40, 0, 10, 20, 30], share)),
    [0, 10, 39.6, 40],
  );
});

test('summarize() gives the quartiles around the median', () => {
  assert.deepEqual(summarize([5, 1, 4, 2, 3]), { low: 2, median: 3, high: 4 });
});

test('summarizeRatios() compares round by round', () => {
  // A machine that became twice as slow half way changes no ratio.
  const ratios = summarizeRatios(measured('a', [30, 30, 15]), measured('b', [20, 20, 10]), ({ value }) => value);
  assert.deepEqual(ratios, { low: 1.5, median: 1.5, high: 1.5 });
});

test('summarizeRatios() compares the rounds that both have', () => {
  const ratios = summarizeRatios(measured('a', [30, 60]), measured('b', [10]), ({ value }) => value);
  assert.equal(ratios.median, 3);
  assert.equal(summarizeRatios(measured('a', [1]), measured('b', []), ({ value }) => value).median, Number.NaN);
});

test('findMeasured() says so when there is none', () => {
  assert.equal(findMeasured([measured('a', [1])], 'a').samples.length, 1);
  assert.equal(findMeasured([], 'b').failure, 'not measured');
});

test('listFaults() counts the rounds in which something went wrong', () => {
  const sample = { value: 1, faults: '' };
  assert.equal(listFaults([sample]), '');
  assert.equal(listFaults([sample, { value: 1, faults: 'read 3' }]), '1 of 2 rounds: read 3');
});
