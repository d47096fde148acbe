import { deepEqual, equal } from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import type { Chunk } from './read-ahead.ts';
import { giveChunk, ReadAhead } from './read-ahead.ts';

const { smallFileChunkBytes, fileChunkBytes, fileChunksMax, largeFileChunkBytes, largeFileChunksMax } = EDGE_LIMITS;

function openFile(): number {
  const path = join(tmpdir(), `portico-read-ahead-${process.pid}`);
  writeFileSync(path, Buffer.alloc(2_000_000, 'x'));
  const fd = openSync(path, 'r');
  rmSync(path);
  return fd;
}

function readOne(fd: number, left: number, isQuick: boolean): Promise<Chunk> {
  const read = Promise.withResolvers<Chunk>();
  const ahead = new ReadAhead((error) => (error === undefined ? read.resolve(ahead.takeNext()!) : read.reject(error)));
  ahead.read({ fd, offset: 0, left }, isQuick);
  return read.promise;
}

test('ReadAhead reads for many clients at a time in smaller chunks, and in larger ones again when these are given back', async () => {
  const fd = openFile();
  const readAll = (count: number, left: number, isQuick: boolean): Promise<Chunk[]> =>
    Promise.all(Array.from({ length: count }, () => readOne(fd, left, isQuick)));
  const large = await readAll(largeFileChunksMax, 2_000_000, true);
  const usual = await readAll(fileChunksMax, 2_000_000, true);
  const [small] = await readAll(1, 2_000_000, true);
  deepEqual(new Set(large.map(({ length }) => length)), new Set([largeFileChunkBytes]));
  deepEqual(new Set(usual.map(({ length }) => length)), new Set([fileChunkBytes]));
  equal(small?.length, smallFileChunkBytes);
  for (const { memory } of [...large, ...usual]) giveChunk(memory);
  const [quick, slow] = [await readOne(fd, 2_000_000, true), await readOne(fd, 2_000_000, false)];
  deepEqual([quick.length, slow.length], [largeFileChunkBytes, fileChunkBytes]);
  const end = await readOne(fd, 10, true);
  deepEqual([end.length, end.memory.length], [10, smallFileChunkBytes]);
  closeSync(fd);
});
