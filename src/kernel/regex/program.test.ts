import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseRegex } from './parse-regex.ts';
import type { Program } from './program.ts';
import { compileProgram, OP, WIDTH } from './program.ts';

function programOf(pattern: string): Program | undefined {
  const parsed = parseRegex(pattern, false);
  return parsed.ok ? compileProgram(parsed.value) : undefined;
}

function operations(pattern: string): number[] {
  const code = programOf(pattern)?.code ?? [];
  return [...code].filter((_, index) => index % WIDTH === 0);
}

test('compileProgram() writes counts out, and a loop over a set as one instruction', () => {
  deepEqual(operations('a{2,}'), [OP.REPEAT_POSSESSIVE, OP.REPEAT_GREEDY, OP.ACCEPT]);
  deepEqual(operations('a*?'), [OP.REPEAT_LAZY, OP.ACCEPT]);
  deepEqual(operations('(?:ab){1,2}'), [OP.SET, OP.SET, OP.SPLIT, OP.SET, OP.SET, OP.ACCEPT]);
  deepEqual(operations('(?:ab)*'), [OP.SPLIT, OP.SET, OP.SET, OP.JUMP, OP.ACCEPT]);
  deepEqual(operations('(?:a*)*'), [OP.SPLIT, OP.SAVE, OP.REPEAT_GREEDY, OP.IF_EMPTY, OP.JUMP, OP.ACCEPT]);
  deepEqual(operations('(?:ab)++').slice(0, 2), [OP.ATOMIC, OP.SET]);
  deepEqual(operations('(?<=a|bc)'), [
    ...[OP.LOOK, OP.SPLIT, OP.BACK, OP.SET, OP.JUMP, OP.BACK, OP.SET, OP.SET],
    ...[OP.ACCEPT, OP.ACCEPT],
  ]);
});

test('compileProgram() says what is known of the whole', () => {
  const program = programOf('^(a)(?:b|c)');
  deepEqual([program?.isAnchored, program?.slotCount, program?.choiceCount, program?.canRemember], [true, 4, 1, true]);
  equal(programOf('(a)\\1')?.canRemember, false);
  equal(programOf('ab')?.first?.[0x61], 1);
});

test('compileProgram() gives up on what is too large', () => {
  equal(programOf('(?:ab){30000}'), undefined);
});
