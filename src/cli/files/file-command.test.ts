import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileArguments } from './file-command.ts';

const CHECK = { name: 'check', options: ['--format'] };

test('readFileArguments() parts files from options, and knows the short form of JSON', () => {
  for (const words of [['--format', 'json'], ['--format=json'], ['--json']]) {
    const read = readFileArguments(['a.conf', ...words, 'b.conf'], CHECK);
    assert.deepEqual(read.ok && [read.value.files, read.value.options.get('--format')], [['a.conf', 'b.conf'], 'json']);
  }
});

test('readFileArguments() names what is no option, and what lacks its value', () => {
  const fault = (...args: string[]) => {
    const read = readFileArguments(args, CHECK);
    return read.ok ? '' : read.fault;
  };
  assert.equal(fault('--formt', 'json'), 'portico check: there is no option "--formt". Did you mean --format?');
  assert.equal(fault('--format'), 'portico check: --format needs a value.');
});
