import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthTable } from './growth.ts';

test('growthTable() says what each doubling since the row before has added', () => {
  const { rows } = growthTable('sites', [
    {
      server: 'Portico',
      sizes: [
        { count: 1, loadMs: 100, cpuUs: 10, cpuRatio: 1, mb: 50 },
        { count: 8, loadMs: 400, cpuUs: 9.4, cpuRatio: 0.94, mb: 80 },
      ],
    },
  ]);
  assert.deepEqual(rows, [
    ['Portico', '1', '100', '', '10.0', '1.00', '', '50.0', ''],
    ['Portico', '8', '400', '+100', '9.40', '0.94', '−0.20', '80.0', '+10.0'],
  ]);
});
