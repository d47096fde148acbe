import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMemoryBytes } from './memory-watch.ts';

test('readMemoryBytes() counts shares, swapped ones too, or what is resident where shares are not told', () => {
  const files: Record<string, string> = {
    '/proc/1/smaps_rollup': 'Rss:  900 kB\nPss:  100 kB\nPss_Dirty:  50 kB\nSwapPss:  20 kB\n',
    '/proc/2/status': 'Name: x\nVmRSS:\t  300 kB\n',
  };
  const read = (path: string) => files[path] ?? '';
  assert.deepEqual(
    [1, 2, 3].map((pid) => readMemoryBytes(pid, read)),
    [120 * 1024, 300 * 1024, undefined],
  );
});
