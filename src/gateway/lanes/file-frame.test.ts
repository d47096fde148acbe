import { equal } from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import type { FilePart } from '../../protocol/http/exchange.ts';
import { closeFile, openWorkerFile } from './file-frame.ts';

const PATH = import.meta.filename;
const { dev, ino, size } = statSync(PATH, { bigint: true });

function open(path: string, numbers: readonly bigint[]): Promise<FilePart | undefined> {
  const words = Buffer.alloc(32);
  numbers.forEach((number, index) => {
    words.writeBigUInt64LE(number, index * 8);
  });
  return new Promise((opened) => {
    openWorkerFile(Buffer.concat([words, Buffer.from(path)]), opened);
  });
}

test('openWorkerFile opens the file that the worker has open', async () => {
  const part = await open(PATH, [3n, 10n, dev, ino]);
  equal(part?.offset, 3);
  equal(part.length, 10);
  closeFile(part.fd);
});

test('openWorkerFile refuses what is another file, too short, no file, or no path', async () => {
  equal(await open(PATH, [0n, 1n, dev, ino + 1n]), undefined);
  equal(await open(PATH, [1n, size, dev, ino]), undefined);
  equal(await open(import.meta.dirname, [0n, 1n, dev, ino]), undefined);
  equal(await open(`${PATH}.none`, [0n, 1n, dev, ino]), undefined);
  equal(await open(`${PATH}\0`, [0n, 1n, dev, ino]), undefined);
  equal(await open('', [0n, 1n, dev, ino]), undefined);
});
