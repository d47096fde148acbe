import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './tap.ts';

const WELL = { code: 0, isOverdue: false };

test('a file whose tests are all fine has passed', () => {
  assert.deepEqual(judge('1..2\nok 1 - one\nok 2 - two\n', '', WELL), { verdict: 'passed', count: 2, why: '' });
});

test('a file without tests was skipped, and says why', () => {
  assert.deepEqual(judge('1..0 # SKIP no perl available\n', '', WELL), {
    verdict: 'skipped',
    count: 0,
    why: 'no perl available',
  });
});

test('the first failure is named, and those that may fail count for none', () => {
  const out = '1..4\nok 1 - one\nnot ok 2 - later # todo not yet\nnot ok 3 - three\nnot ok 4 - four\n';
  assert.deepEqual(judge(out, '', { code: 2, isOverdue: false }), {
    verdict: 'failed',
    count: 4,
    why: '2 of 4 failed, first: three',
  });
  assert.equal(judge('1..2\nok 1 - one\nnot ok 2 - later # todo not yet\n', '', WELL).verdict, 'passed');
  assert.equal(judge('1..2\nok 1 - one\nnot ok 2 # todo & SKIP later\n', '', WELL).verdict, 'passed');
});

test('a server that refuses its file is told in its words', () => {
  const err =
    'nginx: [emerg] unknown directive "gzip_vary" in /tmp/t/nginx.conf:12\nCan\'t start nginx at access.t line 70.\n';
  assert.equal(
    judge('1..3\n', err, { code: 2, isOverdue: false }).why,
    'unknown directive "gzip_vary" in /tmp/t/nginx.conf:12',
  );
});

test('tests that did not run, an exit code and the end of the time are failures', () => {
  assert.deepEqual(judge('1..3\nok 1 - one\n', '', WELL), { verdict: 'failed', count: 1, why: 'ran 1 of 3 tests' });
  assert.equal(judge('1..1\nok 1 - one\n', 'gone at x.t line 3.\n', { code: 9, isOverdue: false }).why, 'gone');
  assert.equal(
    judge('1..2\nok 1 - one\n', '', { code: null, isOverdue: true }).why,
    'did not end in time, after 1 tests',
  );
  assert.equal(judge('', '', WELL).verdict, 'failed');
});
