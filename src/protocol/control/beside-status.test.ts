import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFromZygote } from './zygote.ts';

const STATUS = {
  mules: [{ name: 'mule1', pid: 7, respawns: 0 }],
  spoolers: [{ dir: '/jobs', pid: 8, respawns: 2 }],
  daemons: [{ cmd: 'redis-server', pid: 9, respawns: 1 }],
  crons: [{ minute: -1, hour: 2, day: -1, month: -1, week: 7, command: 'date', unique: 1, pid: 0, startedAt: 0 }],
  caches: [
    {
      ...{ name: 'one', hash: 'djb33x', hashsize: 16, keysize: 20, maxItems: 5, blocks: 5, blocksize: 100 },
      ...{ items: 1, hits: 2, misses: 3, full: 4, modifiedAt: 5 },
    },
  ],
};

test('readBesideStatus() takes what a keeper tells', () => {
  const parsed = parseFromZygote({ kind: 'beside', status: STATUS });
  assert.deepEqual(parsed.ok && parsed.value, { kind: 'beside', status: STATUS });
});

test('readBesideStatus() refuses what is no status', () => {
  for (const status of [
    { ...STATUS, mules: [{ name: 'mule1', pid: -1, respawns: 0 }] },
    { ...STATUS, crons: [{ ...STATUS.crons[0], minute: 'x' }] },
    { ...STATUS, caches: 5 },
  ]) {
    assert.equal(parseFromZygote({ kind: 'beside', status }).ok, false);
  }
});

test('parseFromZygote() knows what an application may ask for', () => {
  const parsed = parseFromZygote({ kind: 'ask', what: 'reload' });
  assert.deepEqual(parsed.ok && parsed.value, { kind: 'ask', what: 'reload' });
  assert.equal(parseFromZygote({ kind: 'ask', what: 'dance' }).ok, false);
});
