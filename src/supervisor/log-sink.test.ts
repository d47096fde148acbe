import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../kernel/clock.ts';
import { LogSink } from './log-sink.ts';

test('LogSink writes everything in order, to the new file after it was opened again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const path = join(folder, 'log');
  const sink = new LogSink(path, undefined, String);
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`);
  for (const line of lines) {
    sink.write(line);
  }
  sink.finish(systemClock);
  renameSync(path, `${path}.1`);
  sink.write('to the old one\n');
  sink.finish(systemClock);
  sink.reopen();
  sink.write('to the new one\n');
  sink.finish(systemClock);
  assert.equal(readFileSync(`${path}.1`, 'utf8').split('\n').length, 1002);
  assert.equal(readFileSync(path, 'utf8'), 'to the new one\n');
  rmSync(folder, { recursive: true });
});
