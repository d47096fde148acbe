import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { backtrack, MATCH, NO_MATCH, TOO_COSTLY } from './backtrack.ts';
import { parseRegex } from './parse-regex.ts';
import { compileProgram } from './program.ts';

function run(pattern: string, subject: string): readonly [end: number, slots: readonly number[]] {
  const parsed = parseRegex(pattern, false);
  const program = parsed.ok ? compileProgram(parsed.value) : undefined;
  if (program === undefined) {
    throw new Error(pattern);
  }
  const slots = new Int32Array(program.slotCount);
  return [backtrack(program, subject, slots), [...slots]];
}

test('backtrack() leaves the places of the match and its groups', () => {
  deepEqual(run('(a)(b)?c', 'xac'), [MATCH, [1, 3, 1, 2, -1, -1]]);
  deepEqual(run('a\\Kb', 'ab'), [MATCH, [1, 2]]);
  equal(run('^b', 'ab')[0], NO_MATCH);
});

test('backtrack() puts back what a failed way has captured', () => {
  deepEqual(run('(?:(a)x|ab)', 'ab'), [MATCH, [0, 2, -1, -1]]);
  deepEqual(run('(?:(?>(a))x|ab)', 'ab'), [MATCH, [0, 2, -1, -1]]);
  deepEqual(run('(?!(a)x)ab', 'ab'), [MATCH, [0, 2, -1, -1]]);
});

test('backtrack() finds the same after it has begun to remember', () => {
  const padding = 'a'.repeat(3000);
  deepEqual(run('(?:a|aa)+?(b)', `${padding}b`), [MATCH, [0, 3001, 3000, 3001]]);
  deepEqual(run('(a+)+(b)', `${padding}b`)[1].slice(0, 2), [0, 3001]);
  deepEqual(run('(?:.*,)(.*?)(;)', `${padding},bc;`)[1], [0, 3004, 3001, 3003, 3003, 3004]);
  equal(run('(a+)+$', `${padding}!`)[0], NO_MATCH);
});

test('backtrack() gives up where nothing can be remembered', () => {
  equal(run('(a+)\\1+$', `${'a'.repeat(3000)}!`)[0], TOO_COSTLY);
  equal(run('^(?=((a+)+)b)', 'a'.repeat(3000))[0], TOO_COSTLY);
  equal(run('^(?!((a+)+)b)', 'a'.repeat(3000))[0], TOO_COSTLY);
});
