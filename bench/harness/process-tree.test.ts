import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePssMb, parseStat, readTree, selectTree } from './process-tree.ts';

function stat(name: string, state: string): string {
  return `42 (${name}) ${state} 7 42 42 0 -1 4194304 100 0 0 0 150 25 9 9 20 0 11 0 5000 1 2 3`;
}

test('parseStat() reads parent and time of the processor', () => {
  assert.deepEqual(parseStat(stat('nginx', 'S')), { pid: 42, parentPid: 7, cpuMs: 1750 });
});

test('parseStat() is not misled by the name of a program', () => {
  assert.deepEqual(parseStat(stat('a) Z 1 (b c', 'R')), { pid: 42, parentPid: 7, cpuMs: 1750 });
});

test('parseStat() gives nothing for a process that has ended', () => {
  assert.equal(parseStat(stat('nginx', 'Z')), undefined);
});

test('selectTree() takes the roots and all that descend from them', () => {
  const processes = [
    [5, 4],
    [4, 2],
    [2, 1],
    [3, 1],
    [6, 3],
  ].map(([pid = 0, parentPid = 0]) => ({ pid, parentPid, cpuMs: 0 }));
  assert.deepEqual(
    selectTree(processes, [2]).map(({ pid }) => pid),
    [2, 4, 5],
  );
});

test('readTree() finds this process', () => {
  assert.deepEqual(
    readTree([process.pid])
      .map(({ pid }) => pid)
      .includes(process.pid),
    true,
  );
});

test('parsePssMb() reads the proportional share', () => {
  assert.equal(parsePssMb('5581 [rollup]\nRss:  9000 kB\nPss:            2048 kB\nPss_Dirty: 100 kB\n'), 2);
  assert.equal(parsePssMb(''), 0);
});
