import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import { LogSink } from './log-sink.ts';

test('LogSink writes everything in order, to the new file after it was opened again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const path = join(folder, 'log');
  const sink = new LogSink(path, undefined, String);
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`);
  for (const line of lines) {
    sink.write(line);
  }
  await sink.finish(systemClock);
  renameSync(path, `${path}.1`);
  sink.write('to the old one\n');
  await sink.finish(systemClock);
  sink.reopen();
  sink.write('to the new one\n');
  await sink.finish(systemClock);
  assert.equal(readFileSync(`${path}.1`, 'utf8'), `${lines.join('')}to the old one\n`);
  assert.equal(readFileSync(path, 'utf8'), 'to the new one\n');
  rmSync(folder, { recursive: true });
});

/** Until `isDone`; the writes of a sink end in turns of the event loop. */
async function turns(isDone: () => boolean): Promise<void> {
  for (let count = 0; count < 1000; count += 1) {
    if (isDone()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail('it is not done');
}

test('LogSink gives a pipe whole lines, so that those of others who write to it stand between them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const sink = new LogSink(path, undefined, String);
  const lines = Array.from({ length: 3000 }, (_, index) => `${String(index).padStart(6, '0')}${'x'.repeat(97)}\n`).join(
    '',
  );
  sink.write(lines);
  const buffer = Buffer.alloc(1 << 20);
  let read = '';
  await turns(() => {
    let count = 0;
    try {
      count = readSync(reader, buffer);
    } catch {
      return false; // Nothing is there yet.
    }
    const text = buffer.latin1Slice(0, count);
    assert.ok(text.endsWith('\n'), 'only whole lines');
    read += text;
    return read.length === lines.length;
  });
  assert.equal(read, lines);
  closeSync(reader);
  rmSync(folder, { recursive: true });
});

test('LogSink counts the lines that a full disk costs, and none begins within one that it has cut', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
  if (status !== 0) {
    context.skip('not allowed to mount a small file system');
    return;
  }
  context.after(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'log');
  writeFileSync(join(folder, 'other'), Buffer.alloc(32_768));
  const sink = new LogSink(path, undefined, (count) => `${count} lost\n`);
  const whole = `${'y'.repeat(999)}\n`;
  sink.write(whole.repeat(40));
  await turns(() => readFileSync(path).length === 32_768);
  // The sink tries once more, and finds the disk full: its timer and its write come before these, which are asked for later.
  for (let count = 0; count < 10; count += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await stat(path);
  }
  truncateSync(join(folder, 'other'));
  sink.write('next\n');
  await turns(() => readFileSync(path, 'latin1').endsWith('lost\n'));
  // Not by assert.equal, which would show all of it.
  assert.ok(readFileSync(path, 'latin1') === `${whole.repeat(32)}${'y'.repeat(768)}\nnext\n8 lost\n`);
});

test('LogSink ends what it is writing in the old file when it is opened again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const path = join(folder, 'log');
  const sink = new LogSink(path, undefined, String);
  const large = `${'z'.repeat(4_000_000)}\n`;
  sink.write(large);
  renameSync(path, `${path}.1`);
  sink.reopen();
  sink.write('new\n');
  await turns(() => readFileSync(path, 'latin1') === 'new\n');
  assert.equal(readFileSync(`${path}.1`).length, large.length);
  rmSync(folder, { recursive: true });
});
