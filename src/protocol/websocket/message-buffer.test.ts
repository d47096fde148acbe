import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { MessageBuffer } from './message-buffer.ts';

const UNKNOWN = Number.POSITIVE_INFINITY;

function appendAll(buffer: MessageBuffer, text: string, size: number, total?: number): void {
  const source = Buffer.from(text);
  for (let at = 0; at < source.length; at += size) {
    const to = Math.min(source.length, at + size);
    buffer.append(source, at, to, 0, total === undefined ? UNKNOWN : total - to);
  }
}

test('a message of one piece gets exactly its memory, and not that of the piece', () => {
  const source = Buffer.from('xxhelloxx');
  const buffer = new MessageBuffer();
  buffer.append(source, 2, 7, 0, 0);
  equal(buffer.bytes.length, 5);
  const data = buffer.take();
  source.fill(0);
  equal(data.latin1Slice(), 'hello');
});

test('pieces are unmasked where they arrive', () => {
  const buffer = new MessageBuffer();
  buffer.append(Buffer.from([1 ^ 5, 2 ^ 6]), 0, 2, 0x0605, UNKNOWN);
  buffer.append(Buffer.from([3 ^ 9]), 0, 1, 0x09, 0);
  deepEqual([...buffer.take()], [1, 2, 3]);
});

test('after take() the buffer is empty, and what was taken stays as it is', () => {
  const buffer = new MessageBuffer();
  appendAll(buffer, 'first', 1);
  const first = buffer.take();
  equal(buffer.length, 0);
  appendAll(buffer, 'SECOND', 2);
  const second = buffer.take();
  deepEqual([first.latin1Slice(), second.latin1Slice()], ['first', 'SECOND']);
  notEqual(first.buffer, second.buffer.slice(0));
  equal(buffer.take().length, 0);
});

test('memory is a small multiple of what has arrived, whatever was declared', () => {
  const buffer = new MessageBuffer();
  appendAll(buffer, 'x'.repeat(10_000), 1000, 10_000_000);
  ok(buffer.bytes.length <= 40_000, `${buffer.bytes.length}`);
  equal(buffer.length, 10_000);
});

test('it is no more than what was declared', () => {
  const buffer = new MessageBuffer();
  appendAll(buffer, 'x'.repeat(10_000), 1000, 10_000);
  equal(buffer.bytes.length, 10_000);
});

test('many small pieces are copied a few times only', () => {
  const buffer = new MessageBuffer();
  let moves = 0;
  let last = buffer.bytes;
  const piece = Buffer.from('y');
  for (let count = 0; count < 100_000; count += 1) {
    buffer.append(piece, 0, 1, 0, UNKNOWN);
    if (buffer.bytes !== last) {
      moves += 1;
      last = buffer.bytes;
    }
  }
  ok(moves < 10, `${moves}`);
  equal(buffer.take().latin1Slice(), 'y'.repeat(100_000));
});

test('what is taken holds less than twice its bytes', () => {
  for (const length of [1, 3, 500, 600, 1025, 2000, 3000, 5000, 17_000]) {
    const buffer = new MessageBuffer();
    appendAll(buffer, 'z'.repeat(length), 100);
    const data = buffer.take();
    equal(data.latin1Slice(), 'z'.repeat(length));
    ok(data.buffer.byteLength <= Math.max(length * 2, Buffer.poolSize), `${length}: ${data.buffer.byteLength}`);
  }
});
