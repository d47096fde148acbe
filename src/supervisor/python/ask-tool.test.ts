import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ask } from './ask-tool.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ask-tool-'));
after(() => rmSync(FOLDER, { recursive: true }));

const LONG_MS = 60_000;
const OURS = { identity: undefined, env: process.env };

function tool(name: string, script: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('ask() gives the last line of the answer of a tool that knows, and nothing of one that does not', () => {
  assert.deepEqual(ask([tool('knows', 'echo Creating; echo " $1"; exit 0'), '/a'], FOLDER, OURS, LONG_MS), {
    ok: true,
    value: '/a',
  });
  assert.deepEqual(ask([tool('does-not', 'echo /a; exit 1')], FOLDER, OURS, LONG_MS), { ok: true, value: undefined });
  assert.deepEqual(ask([join(FOLDER, 'nowhere')], FOLDER, OURS, LONG_MS), { ok: true, value: undefined });
});

test('ask() says of a tool that does not answer in time what follows from it', () => {
  const answer = ask([tool('hangs', 'sleep 300'), 'info'], FOLDER, OURS, 50);
  assert.match(answer.ok ? '' : answer.fault, /hangs info" had not answered after 0\.05 s in .* Name the Python with/);
});

test('ask() ends what a tool has started, when the tool is ended', async () => {
  // It is ended because it says too much, once its child is there.
  const path = tool(
    'talks',
    'sleep 300 & echo $! > child; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
  );
  assert.deepEqual(ask([path], FOLDER, OURS, LONG_MS), { ok: true, value: undefined });
  const child = readFileSync(join(FOLDER, 'child'), 'utf8').trim();
  const isAlive = () => !/\) [ZX] /.test(readStat(child));
  for (let turn = 0; turn < 500 && isAlive(); turn += 1) {
    await new Promise((done) => setTimeout(done, 10));
  }
  assert.ok(!isAlive());
});

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return ') X ';
  }
}
