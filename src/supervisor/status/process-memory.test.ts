import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { readProcessMemory } from './process-memory.ts';

test('readProcessMemory() reads what ps shows, and nothing of a process that is gone', () => {
  const status = 'Name:\tpython\nVmSize:\t  2048 kB\nVmRSS:\t     1024 kB\n';
  deepEqual(
    readProcessMemory(7, (path) => (path === '/proc/7/status' ? status : '')),
    { rssBytes: 1_048_576, vszBytes: 2_097_152 },
  );
  deepEqual(
    readProcessMemory(0, () => status),
    { rssBytes: 0, vszBytes: 0 },
  );
  ok(process.platform !== 'linux' || readProcessMemory(process.pid).rssBytes > 0);
});
