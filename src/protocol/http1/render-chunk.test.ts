import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHUNK_END, LAST_CHUNK, renderChunk, renderChunkHead, renderLastChunk } from './render-chunk.ts';

test('renderChunkHead() writes the size in hexadecimal', () => {
  assert.equal(`${renderChunkHead(26)}${'x'.repeat(26)}${CHUNK_END}`, `1a\r\n${'x'.repeat(26)}\r\n`);
});

test('renderChunkHead() does not end the body by accident', () => {
  assert.throws(() => renderChunkHead(0), RangeError);
});

test('renderChunk() frames the bytes', () => {
  assert.equal(renderChunk(Buffer.from('hello world, again')).toString(), '12\r\nhello world, again\r\n');
});

test('renderLastChunk() carries trailers', () => {
  assert.equal(renderLastChunk(''), LAST_CHUNK);
  assert.equal(renderLastChunk('Digest: x\r\n'), '0\r\nDigest: x\r\n\r\n');
});
