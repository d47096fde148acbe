// What was asked for and cannot be printed is a failure of the command.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { PORTICO } from './server.ts';

for (const args of ['--version', '--help', 'serve --help', 'uvicorn --help']) {
  test(`portico ${args} > /dev/full`, () => {
    const { status, stderr } = spawnSync('sh', ['-c', `"$0" ${args} > /dev/full`, PORTICO], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.equal(stderr, 'portico: the answer could not be written to standard output (ENOSPC)\n');
  });
}

test('a reader that has seen enough is no failure', () => {
  const { status, stderr } = spawnSync('sh', ['-c', '("$0" --help; echo "$?" >&2) | :', PORTICO], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '0\n']);
});
