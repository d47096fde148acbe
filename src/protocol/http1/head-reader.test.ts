import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault, isFault } from './faults.ts';
import type { StartLine } from './head-reader.ts';
import { HeadReader } from './head-reader.ts';
import { Input } from './input.ts';
import { HTTP1_LIMITS } from './limits.ts';

interface Line {
  readonly text: string;
}

const START: StartLine<Line> = {
  lineTooLong: () => 'http1.request-line-too-long',
  emptyLinesMax: 1,
  badFirstByte: () => undefined,
  parse: (text) => ({ text }),
};

function reader(): { heads: HeadReader<Line>; feed: (text: string) => boolean | string } {
  const heads = new HeadReader(START, HTTP1_LIMITS, undefined);
  const input = new Input();
  return {
    heads,
    feed: (text) => {
      input.feed(Buffer.from(text, 'latin1'));
      const result = heads.read(input);
      input.keep();
      return isFault(result) ? result.code : result;
    },
  };
}

test('read() gives the block of the head before when only the start line differs', () => {
  const { heads, feed } = reader();
  assert.equal(feed('one\r\nA: 1\r\nB: 2\r\n\r\n'), true);
  const { block } = heads;
  assert.equal(feed('two\r\nA: 1\r\nB: 2\r\n\r\n'), true);
  assert.equal(heads.line.text, 'two');
  assert.equal(heads.block, block);
  assert.equal(heads.isRepeated, false);
  assert.equal(feed('three\r\nA: 1\r\nB: 2\r\n\r\n'), true);
  assert.equal(heads.block, block);
  assert.equal(feed('three\r\nA: 1\r\nB: 2\r\n\r\n'), true);
  assert.equal(heads.isRepeated, true);
});

test('read() gives the same block when the head comes in pieces', () => {
  const { heads, feed } = reader();
  feed('one\r\nA: 1\r\nB: 2\r\n\r\n');
  const { block } = heads;
  assert.equal(feed('two\r\nA: 1'), false);
  assert.equal(feed('\r\nB: 2\r\n'), false);
  assert.equal(feed('\r\n'), true);
  assert.equal(heads.line.text, 'two');
  assert.equal(heads.block, block);
});

test('read() makes another block when a field differs, and is not misled by the one before', () => {
  const { heads, feed } = reader();
  feed('one\r\nA: 1\r\nB: 2\r\n\r\n');
  const { block } = heads;
  assert.equal(feed('one\r\nA: 1\r\nB: 3\r\n\r\n'), true);
  assert.notEqual(heads.block, block);
  assert.equal(heads.block.get('b'), '3');
  assert.equal(heads.isRepeated, false);
  assert.equal(feed('one\r\nA: 1\r\n\r\n'), true);
  assert.equal(heads.block.get('b'), undefined);
  assert.equal(feed('one\r\n\r\n'), true);
  assert.deepEqual(heads.block.fields, []);
});

for (const length of [10, 1000]) {
  test(`read() sees each byte in which a head of ${length} bytes differs from the last`, () => {
    const head = `one\r\nA: ${'x'.repeat(length)}\r\n\r\n`;
    for (const at of [0, 8, 8 + length - 1]) {
      const { heads, feed } = reader();
      feed(head);
      assert.equal(feed(head), true);
      assert.equal(heads.isRepeated, true);
      const other = `${head.slice(0, at)}y${head.slice(at + 1)}`;
      assert.equal(feed(other), true);
      assert.equal(heads.isRepeated, false);
      assert.equal(heads.block.get('a'), other.slice(8, -4));
    }
  });
}

test('read() reads heads that are too long to remember', () => {
  const { heads, feed } = reader();
  const long = `one\r\nA: ${'x'.repeat(12_000)}\r\nB: 2\r\n\r\n`;
  assert.equal(feed(long), true);
  assert.equal(feed(long), true);
  assert.equal(heads.isRepeated, false);
  assert.equal(heads.block.get('a')?.length, 12_000);
  assert.equal(heads.isRemembered, false);
  heads.release();
  assert.equal(feed('two\r\nA: 1\r\n\r\n'), true);
  assert.equal(heads.block.get('b'), undefined);
});

test('read() leaves what follows the head', () => {
  const heads = new HeadReader(START, HTTP1_LIMITS, undefined);
  const input = new Input();
  input.feed(Buffer.from('one\r\nA: 1\r\n\r\nrest'));
  assert.equal(heads.read(input), true);
  assert.equal(input.length, 4);
});

test('read() counts empty lines anew for each head', () => {
  const { feed } = reader();
  assert.equal(feed('\r\n'), false);
  assert.equal(feed('one\r\n\r\n'), true);
  assert.equal(feed('\r'), false);
  assert.equal(feed('\none\r\n\r\n'), true);
  assert.equal(feed('\r\n\r\n'), 'http1.too-many-empty-lines');
});

test('read() refuses a lone CR or LF before a head, and an LF that ends the start line', () => {
  assert.equal(reader().feed('\rone\r\n\r\n'), 'http1.bare-line-break');
  assert.equal(reader().feed('\none\r\n\r\n'), 'http1.bare-line-break');
  assert.equal(reader().feed('one\n'), 'http1.bare-line-break');
});

test('read() refuses what is too long as soon as it is', () => {
  assert.equal(reader().feed('x'.repeat(9000)), 'http1.request-line-too-long');
  assert.equal(reader().feed(`one\r\n${'x'.repeat(33_000)}`), 'http1.head-too-large');
});

test('read() refuses what the start line is refused for', () => {
  const refused = fault('http1.bad-status-line', 'x');
  const input = new Input();
  const parsing = new HeadReader({ ...START, parse: () => refused }, HTTP1_LIMITS, undefined);
  input.feed(Buffer.from('one\r\n'));
  assert.equal(parsing.read(input), refused);
  const looking = new HeadReader({ ...START, badFirstByte: () => refused }, HTTP1_LIMITS, undefined);
  assert.equal(looking.read(input), refused);
});
