import { deepEqual, equal, match } from 'node:assert/strict';
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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { LineWriter } from './line-writer.ts';

const folders: string[] = [];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'portico-lines-'));
  folders.push(path);
  return path;
}

after(() => {
  for (const path of folders) rmSync(path, { recursive: true });
});

/** All that the pipe holds. */
function drain(fd: number): string {
  const buffer = Buffer.alloc(1 << 20);
  let text = '';
  try {
    for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer)) {
      text += buffer.latin1Slice(0, count);
    }
  } catch (error) {
    equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
  }
  return text;
}

test('LineWriter does not wait for the reader of a pipe, and gives it whole lines when it reads', () => {
  const path = join(folder(), 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const told: string[] = [];
  const writer = new LineWriter(path, (text) => told.push(text));
  const lines = Array.from({ length: 2000 }, (_, n) => `${String(n).padStart(6, '0')} ${'x'.repeat(90)}\n`);
  for (const line of lines) {
    writer.write(line);
  }
  equal(writer.isBehind, true, 'the pipe is full');
  let read = '';
  while (writer.isBehind) {
    const some = drain(reader);
    equal(some.endsWith('\n'), true, 'only whole lines');
    read += some;
    writer.write('');
  }
  equal(read + drain(reader), lines.join(''));
  deepEqual(told, []);
  closeSync(reader);
});

test('LineWriter drops and counts what a reader leaves lying too long', () => {
  const path = join(folder(), 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const told: string[] = [];
  const writer = new LineWriter(path, (text) => told.push(text));
  const lines = `${'y'.repeat(999)}\n`.repeat(100);
  for (let count = 0; count < 60; count += 1) {
    writer.write(lines);
  }
  while (writer.isBehind) {
    drain(reader);
    writer.write('');
  }
  equal(told.length, 1);
  match(told[0] ?? '', /did not keep up: 1[0-9]{3} lines were dropped/);
  closeSync(reader);
});

test('LineWriter follows a rotation, and says once that it cannot write', () => {
  const path = join(folder(), 'access.log');
  const writer = new LineWriter(path, () => undefined);
  writer.write('one\n');
  renameSync(path, `${path}.1`);
  writer.write('two\n');
  writer.reopen();
  writer.write('three\n');
  equal(readFileSync(`${path}.1`, 'latin1') + readFileSync(path, 'latin1'), 'one\ntwo\nthree\n');
  rmSync(path);
  const told: string[] = [];
  const full = new LineWriter('/dev/full', (text) => told.push(text));
  full.write('a\n');
  full.write('b\n');
  equal(told.length, 1);
  match(told[0] ?? '', /cannot be written, lines are lost: ENOSPC/);
});

test('LineWriter counts the lines that a full disk costs, and none begins within one that it has cut', (context) => {
  const mount = folder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'ignore' });
  if (status !== 0) {
    context.skip('not allowed to mount a small file system');
    return;
  }
  context.after(() => execFileSync('umount', ['-l', mount]));
  const path = join(mount, 'access.log');
  writeFileSync(join(mount, 'other'), Buffer.alloc(32_768));
  const told: string[] = [];
  const writer = new LineWriter(path, (text) => told.push(text));
  const whole = `${'y'.repeat(999)}\n`;
  writer.write(whole.repeat(40));
  writer.write(whole.repeat(2));
  writer.write('');
  equal(told.length, 1);
  truncateSync(join(mount, 'other'));
  writer.write('next\n');
  const end = readFileSync(path, 'latin1').slice(-800);
  equal(end, `${whole.slice(-26)}${'y'.repeat(768)}\nnext\n`);
  equal(told.length, 2);
  match(told[1] ?? '', /can be written again: 10 lines were lost/);
});
