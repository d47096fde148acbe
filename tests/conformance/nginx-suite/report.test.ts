import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from './report.ts';
import { readReferee, renderReport } from './report.ts';

const PASSED = { verdict: 'passed', count: 7, why: '' } as const;
const FAILED = {
  verdict: 'failed',
  count: 2,
  why: 'unknown directive "a_b" in /tmp/x/nginx-test-AbC/nginx.conf:3',
} as const;
const SKIPPED = { verdict: 'skipped', count: 0, why: 'no perl' } as const;

const ROWS: Row[] = [
  { file: 'access.t', needsUpstream: false, portico: PASSED, referee: PASSED },
  { file: 'mirror.t', needsUpstream: true, portico: FAILED, referee: PASSED },
  { file: 'gunzip_perl.t', needsUpstream: false, portico: SKIPPED, referee: SKIPPED },
];

test('the page has the counts, a row for each file, and no path of a temporary folder', () => {
  const page = renderReport({ commit: 'abc', refereeName: 'nginx/1', rows: ROWS });
  assert.match(page, /^\| all \| 3 \| 1 \| 1 \| 1 \|$/m);
  assert.match(page, /^\| that the referee passes \| 2 \| 1 \| 1 \| 0 \|$/m);
  assert.match(page, /^\| … and need no server behind \| 1 \| 1 \| 0 \| 0 \|$/m);
  assert.match(
    page,
    /^\| mirror\.t \| yes \| passed \(7\) \| failed \| unknown directive "a\\_b" in TESTDIR\/nginx\.conf:3 \|$/m,
  );
});

test('a reason stands behind what failed, and nowhere else', () => {
  const page = (row: Row): string => renderReport({ commit: 'abc', refereeName: 'nginx/1', rows: [row] });
  const failed = { file: 'ssi.t', needsUpstream: true, portico: FAILED, referee: PASSED, reason: 'It needs a cache.' };
  assert.match(page(failed), / \*It needs a cache\.\* \|$/m);
  assert.doesNotMatch(page({ ...failed, portico: PASSED }), /cache/);
});

test('what a page says of the referee is read from it again', () => {
  const { name, results } = readReferee(renderReport({ commit: 'abc', refereeName: 'nginx/1.22.1', rows: ROWS }));
  assert.equal(name, 'nginx/1.22.1');
  assert.deepEqual(
    [...results],
    [
      ['access.t', PASSED],
      ['mirror.t', PASSED],
      ['gunzip_perl.t', SKIPPED],
    ],
  );
});

test('a page that is not there says nothing of the referee', () => {
  assert.equal(readReferee('').results.size, 0);
});
