import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Input } from './input.ts';

function unread(input: Input): string {
  return input.bytes.latin1Slice(input.at, input.end);
}

test('feed() borrows a chunk when nothing is held', () => {
  const input = new Input();
  const chunk = Buffer.from('abc');
  input.feed(chunk);
  assert.equal(input.bytes, chunk);
  assert.equal(input.length, 3);
});

test('feed() takes no more of a chunk than it is told', () => {
  const input = new Input();
  const chunk = Buffer.from('abcdef');
  input.feed(chunk, 2);
  assert.equal(unread(input), 'ab');
  input.feed(chunk, 3);
  assert.equal(unread(input), 'ababc');
  assert.equal(input.take(9).toString(), 'ababc');
});

test('keep() copies what is unread, so that the chunk may be reused', () => {
  const input = new Input();
  const chunk = Buffer.from('abcdef');
  input.feed(chunk);
  input.at = 2;
  input.keep();
  chunk.fill('x');
  assert.equal(unread(input), 'cdef');
});

test('keep() holds nothing when everything is read', () => {
  const input = new Input();
  input.feed(Buffer.from('abc'));
  input.take(3);
  input.keep();
  assert.equal(input.bytes.length, 0);
});

test('feed() appends to what is held, whether or not it was kept', () => {
  const input = new Input();
  input.feed(Buffer.from('abc'));
  input.at = 1;
  input.feed(Buffer.from('def'));
  assert.equal(unread(input), 'bcdef');
  input.keep();
  input.feed(Buffer.from('ghi'));
  assert.equal(unread(input), 'bcdefghi');
});

test('feed() grows, and reuses the room of what was read', () => {
  const input = new Input();
  let expected = '';
  for (let round = 0; round < 400; round += 1) {
    const text = `${round}:`.repeat(5);
    input.feed(Buffer.from(text));
    input.keep();
    expected += text;
    input.at += 7;
    expected = expected.slice(7);
    assert.equal(unread(input), expected);
  }
  assert.ok(input.bytes.length < 4 * expected.length + 2048, `${input.bytes.length} for ${expected.length}`);
});

test('take() gives a chunk that is wanted whole as it is, and else a view', () => {
  const input = new Input();
  const chunk = Buffer.from('abcdef');
  input.feed(chunk);
  assert.equal(input.take(100), chunk);
  input.feed(chunk);
  const view = input.take(4);
  assert.equal(view.latin1Slice(), 'abcd');
  assert.equal(view.buffer, chunk.buffer);
  assert.equal(input.take(4).latin1Slice(), 'ef');
});
