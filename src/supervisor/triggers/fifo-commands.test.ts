import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fifoCommand } from './fifo-commands.ts';

test('fifoCommand() knows the letters of uWSGI, and tells those that have no meaning here', () => {
  const kinds = 'rRqQcwWfCpls+-'.split('').map((letter) => fifoCommand(letter)?.kind);
  assert.deepEqual(new Set(kinds), new Set(['do']));
  assert.deepEqual(fifoCommand('7'), { kind: 'slot', slot: 7 });
  assert.deepEqual(
    'LPSBE'.split('').map((letter) => fifoCommand(letter)?.kind),
    Array.from({ length: 5 }, () => 'meaningless'),
  );
  assert.deepEqual([fifoCommand('z'), fifoCommand('\n')], [undefined, undefined]);
});
