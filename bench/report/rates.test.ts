import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measured } from '../harness/rounds.ts';
import { MEGABYTES, ratePanel, rateTable } from './rates.ts';

const MEASURED: readonly Measured[] = [
  { name: 'Portico', samples: [100, 200, 300].map((value) => ({ value, cpuUs: 10, bytesPerSecond: 3e6, faults: '' })) },
  { name: 'slow', samples: [50, 100, 150].map((value) => ({ value, cpuUs: 25, faults: 'read 1' })) },
  { name: 'broken', samples: [], failure: 'ended:\nno such module' },
];

test('rateTable() has a row for each server, with how many times Portico is faster', () => {
  assert.deepEqual(rateTable('Hello', MEASURED).rows, [
    ['Portico', '200', '150 to 250', '10.0', '', '', '', ''],
    ['slow', '100', '75.0 to 125', '25.0', '2.00', '2.00 to 2.00', '0.40', '3 of 3 rounds: read 1'],
    ['broken', '–', '–', '–', '–', '–', '–', 'ended: no such module'],
  ]);
});

test('ratePanel() has a bar for each server', () => {
  const panel = ratePanel('Hello', MEASURED);
  assert.deepEqual(panel.bars[1], { label: 'slow', value: 100, low: 75, high: 125, text: '100' });
  assert.equal(panel.bars[2]?.text, '–');
});

test('ratePanel() counts bytes where transfers are long', () => {
  assert.equal(ratePanel('Files', MEASURED, MEGABYTES).bars[0]?.value, 3);
});
