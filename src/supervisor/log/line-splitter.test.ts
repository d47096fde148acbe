import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from './line-splitter.ts';

function split(text: string, size: number, bytesMax = 100): string[] {
  const splitter = new LineSplitter(bytesMax);
  const bytes = Buffer.from(text);
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    lines.push(...splitter.feed(bytes.subarray(at, at + size)));
  }
  return [...lines, ...splitter.takePartial()].map(String);
}

test('LineSplitter gives the same lines however its input is cut', () => {
  for (const size of [100, 7, 2, 1]) {
    assert.deepEqual(split('one\r\ntwo\n\nthree', size), ['one', 'two', '', 'three'], `${size} bytes at a time`);
  }
});

test('LineSplitter cuts a line that is too long', () => {
  for (const size of [100, 7, 2, 1]) {
    assert.deepEqual(split('abcdefgh\nij\n', size, 3), ['abc', 'def', 'gh', 'ij'], `${size} bytes at a time`);
  }
  for (const size of [100, 3, 1]) {
    assert.deepEqual(split('abcdef\n', size, 3), ['abc', 'def'], 'no empty line behind one that just fits');
  }
});

test('LineSplitter cuts before an entry at the end of a line that is too long, and not within it', () => {
  const entry = '\x1emark 1:1+{}';
  for (const size of [1000, 7, 1]) {
    assert.deepEqual(split(`${'x'.repeat(95)}${entry}\n`, size), ['x'.repeat(95), entry], `${size} bytes at a time`);
  }
  assert.deepEqual(split(`\x1e${'x'.repeat(150)}\n`, 1000), [`\x1e${'x'.repeat(99)}`, 'x'.repeat(51)]);
  const far = `\x1e${'x'.repeat(5000)}`;
  assert.deepEqual(split(`a${far}${far}\n`, 9000, 5002), [`a${far}`, far], 'no line of an entry is so long');
});

test('LineSplitter says whether text waits for its end', () => {
  const splitter = new LineSplitter(100);
  assert.deepEqual([splitter.feed(Buffer.from('a')).length, splitter.hasPartial], [0, true]);
  assert.deepEqual(
    [splitter.takePartial().map(String), splitter.hasPartial, splitter.takePartial()],
    [['a'], false, []],
  );
});
