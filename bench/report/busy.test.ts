import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUSY_COLUMNS, describeBusyness } from './busy.ts';
import { rateTable } from './rates.ts';

function measure(name: string, serverCores: number, loadCores: number) {
  return { name, samples: [{ value: 100, cpuUs: 10, serverCores, loadCores, faults: '' }] };
}

const BROKEN = { name: 'broken', samples: [], failure: 'did not start' };

test('BUSY_COLUMNS stand between the figures and what went wrong', () => {
  const table = rateTable('Echo', [measure('Portico', 1.5, 0.5), BROKEN], { columns: BUSY_COLUMNS });
  assert.deepEqual(table.head.slice(-3), ['cores, server', 'cores, load', 'faults']);
  assert.deepEqual(table.rows[0]?.slice(-3), ['1.50', '0.50', '']);
  assert.deepEqual(table.rows[1]?.slice(-3), ['–', '–', 'did not start']);
  assert.ok(table.rows.every((row) => row.length === table.head.length));
});

test('describeBusyness() finds the most that the load took', () => {
  const measured = [measure('Portico', 1.5, 0.5), measure('slow', 1, 0.25), BROKEN];
  assert.equal(
    describeBusyness([{ caption: 'Echo', measured }]),
    'The load took at most 0.50 of a core, and always less than the server.',
  );
});

test('describeBusyness() names where the load was the limit', () => {
  const tables = [
    { caption: 'Echo', measured: [measure('Portico', 0.8, 0.9)] },
    { caption: 'All', measured: [measure('Portico', 1, 0.9), measure('slow', 0.5, 0.5)] },
  ];
  assert.equal(
    describeBusyness(tables),
    'The load took at most 0.90 of a core, and not less than the server: Portico at “Echo”; slow at “All”.',
  );
});
