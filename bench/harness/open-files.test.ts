import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFileLimit, parseOpenFilesMax } from './open-files.ts';

function limits(soft: string): string {
  return `Limit                     Soft Limit           Hard Limit           Units
Max processes             1                    1                    processes
Max open files            ${soft.padEnd(20)} 524288               files
`;
}

test('parseOpenFilesMax() reads the soft limit', () => {
  assert.equal(parseOpenFilesMax(limits('1024')), 1024);
  assert.equal(parseOpenFilesMax(limits('unlimited')), Number.POSITIVE_INFINITY);
});

test('findFileLimit() finds the process with too low a limit', () => {
  const read = (pid: number): string => limits(pid === 2 ? '1024' : '4096');
  assert.equal(findFileLimit([1, 3], 1000, read), '');
  assert.equal(findFileLimit([1, 2], 1000, read), 'a process may open 1024 files; see ulimit -Hn');
  assert.equal(findFileLimit([1, 2], 100, read), '');
});

test('findFileLimit() asks the kernel about this process', () => {
  assert.equal(findFileLimit([process.pid], 0), '');
});
