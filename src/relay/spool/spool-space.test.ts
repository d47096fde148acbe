import { deepEqual, equal, match } from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { newSpoolCounters, SpoolSpace, spoolDescriptors } from './spool-space.ts';

test('SpoolSpace counts the files of all threads', () => {
  const counters = newSpoolCounters();
  const [one, two] = [1, 2].map(() => new SpoolSpace(tmpdir(), 's', { counters, bytesMax: 100_000 })) as [
    SpoolSpace,
    SpoolSpace,
  ];
  equal(one.grow(0, 60_000), undefined);
  match(two.grow(0, 60_000)?.message ?? '', /^ENOSPC: the spool files hold 100000 bytes.*--max-spool/);
  two.shrink(60_000, 0);
  equal(two.grow(0, 30_000), undefined);
  equal(two.grow(30_000, 30_001), undefined, 'that much is in the block already');
  one.shrink(60_000, 0);
  two.shrink(30_001, 0);
  equal(one.usedBytes, 0);
});

test('SpoolSpace leaves the last part of the file system alone', () => {
  const space = new SpoolSpace(tmpdir(), 's', { bytesMax: 2 ** 50 });
  equal(space.grow(0, 1), undefined);
  match(space.grow(1, 2 ** 42)?.message ?? '', /^ENOSPC: less than \d+ bytes are free in/);
});

test('SpoolSpace tells of responses that wait once a second', () => {
  let nowMs = 0;
  const logged: string[] = [];
  const space = new SpoolSpace(tmpdir(), 's', { monotonicMs: () => nowMs, log: (text) => logged.push(text) });
  const [a, b] = [{}, {}];
  for (const response of [a, b, b, a, b]) space.noteStuck(new Error('ENOSPC: full'), response);
  nowMs = 1000;
  space.noteStuck(new Error('ENOSPC: full'), a);
  deepEqual(
    logged.map((text) => /\((\d+) in this thread\)/.exec(text)?.[1]),
    ['1', '2'],
    'each once in a line',
  );
});

test('spoolDescriptors() leaves most descriptors to connections', () => {
  deepEqual(
    [64, 1024, 4096, 1_000_000].map((all) => spoolDescriptors(all, 1)),
    [2, 32, 64, 64],
  );
  equal(spoolDescriptors(1024, 4), 8);
});
