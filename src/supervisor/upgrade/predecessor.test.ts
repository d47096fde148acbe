import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Predecessor, readPredecessor } from './predecessor.ts';

const HAND_OVER = { from: 7, sockets: [], reportFd: 3, notifyFd: null, watchdogUs: 0 };

test('readPredecessor() believes the parent process alone', () => {
  const text = JSON.stringify(HAND_OVER);
  assert.deepEqual(readPredecessor(text, 7)?.handOver, HAND_OVER);
  assert.equal(readPredecessor(text, 8), undefined);
  assert.equal(readPredecessor('{', 7), undefined);
  assert.equal(readPredecessor(undefined, 7), undefined);
});

test('a predecessor is told what stands in the way, and that clients are served; then nothing more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'predecessor-'));
  const path = join(folder, 'reports');
  const predecessor = new Predecessor({ ...HAND_OVER, reportFd: openSync(path, 'w') });
  predecessor.say('nginx: [emerg] no\n');
  predecessor.tellRuns();
  predecessor.tellRuns();
  predecessor.say('late');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [{ kind: 'says', text: 'nginx: [emerg] no\n' }, { kind: 'runs' }],
  );
  rmSync(folder, { recursive: true });
});

test('a predecessor that is gone is told nothing, and that is no fault', () => {
  const closed = openSync('/dev/null', 'r');
  const predecessor = new Predecessor({ ...HAND_OVER, reportFd: closed });
  predecessor.say('nobody hears this');
  closeSync(closed);
  assert.equal(predecessor.isThere, false);
  assert.equal(new Predecessor({ ...HAND_OVER, from: process.ppid }).isThere, true);
});
