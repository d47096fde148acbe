import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raiseFileLimit } from './file-limit.ts';

test('less than there is is left alone, and more than the kernel knows is told in the words of the system', () => {
  assert.equal(raiseFileLimit(0), undefined);
  assert.equal(raiseFileLimit(10), undefined);
  assert.match(
    raiseFileLimit(2 ** 40) ?? '',
    /^setrlimit\(RLIMIT_NOFILE, 1099511627776\) failed \(1: Operation not permitted\)$/,
  );
});
