import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderReport } from './report.ts';
import type { CaseResult } from './result.ts';

const SURROUNDINGS = {
  name: 'results',
  date: '2025-01-02',
  rounds: 9,
  seconds: 2,
  tookMinutes: 20,
  machine: [['cores', '2']],
  versions: [['nginx', '1.22.1']],
} as const;

function result(id: string, isMet: boolean): CaseResult {
  return {
    id,
    title: `Case ${id}`,
    text: ['About it.'],
    tables: [{ caption: 'Figures', head: ['server', 'rate'], rows: [['nginx', '7']] }],
    goals: [{ what: `goal of ${id}`, required: '≥ 1.50', measured: '1.40', isMet }],
    panels: [],
    loads: ['wrk -t1'],
    invocations: [{ server: 'nginx', commands: ['nginx -c RUN/nginx.conf'], files: { 'nginx.conf': `# ${id}\n` } }],
  };
}

test('renderReport() shows goals that were missed as plainly as those that were reached', () => {
  const report = renderReport([result('W1', true), result('W2', false)], SURROUNDINGS);
  assert.match(report, /^\| goal of W1 \| ≥ 1\.50 \| 1\.40 \| reached \|$/m);
  assert.match(report, /^\| goal of W2 \| ≥ 1\.50 \| 1\.40 \| \*\*missed\*\* \|$/m);
});

test('renderReport() has each case, its commands, and the surroundings', () => {
  const report = renderReport([result('W1', true)], SURROUNDINGS);
  for (const text of ['## W1: Case W1', '**Figures**', '# load\nwrk -t1', '9 rounds of 2 s', '| cores | 2 |', '1.22.1'])
    assert.ok(report.includes(text), text);
});

test('renderReport() prints a configuration file once', () => {
  const report = renderReport([result('W1', true), result('W2', true)], SURROUNDINGS);
  assert.equal(report.match(/<summary>nginx: nginx\.conf/g)?.length, 1);
  assert.match(report, /^# W1$/m);
});
