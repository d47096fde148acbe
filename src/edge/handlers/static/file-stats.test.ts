import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileStats } from './file-stats.ts';
import { isSameFile } from './file-stats.ts';

const STATS: FileStats = { dev: 1n, ino: 2n, size: 10n, mtimeNs: 3n, ctimeNs: 4n };

test('isSameFile() sees every difference', () => {
  assert.ok(isSameFile(STATS, { ...STATS }));
  for (const key of ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const) {
    assert.ok(!isSameFile(STATS, { ...STATS, [key]: 99n }), key);
  }
});
