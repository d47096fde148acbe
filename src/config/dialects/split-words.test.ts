import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitWords } from './split-words.ts';

test('splitWords() splits as a shell does', () => {
  for (const [text, words] of [
    ['', []],
    ['  -w 4\t--reload\n', ['-w', '4', '--reload']],
    [`--name='a b' -e "A=\\"x\\" \\n" c\\ d ''`, ['--name=a b', '-e', 'A="x" \\n', 'c d', '']],
  ] as const) {
    assert.deepEqual(splitWords(text), { ok: true, value: words }, text);
  }
});

test('splitWords() tells what has no end', () => {
  for (const text of [`-n 'a`, `-n "a\\"`, 'a\\']) {
    assert.equal(splitWords(text).ok, false, text);
  }
});
