import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { randomBytes } from './random-bytes.ts';

const differ = (source?: string): void => {
  const given = Array.from({ length: 100 }, () => randomBytes(16, source).toString('hex'));
  assert.ok(given.every((text) => /^[0-9a-f]{32}$/.test(text)));
  assert.equal(new Set(given).size, 100);
};

test('randomBytes() gives as many bytes as asked for, and others each time', () => differ());

test('randomBytes() needs no device', () => differ('/nowhere/urandom'));

test('randomBytes() takes nothing from a file in the place of the device', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-random-'));
  const file = join(folder, 'urandom');
  writeFileSync(file, Buffer.alloc(64));
  differ(file);
  // A device that is no source of bytes ends before the first.
  differ('/dev/null');
  rmSync(folder, { recursive: true });
});
