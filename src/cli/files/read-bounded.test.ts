import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DISK_FILES } from '../nginx/disk-files.ts';
import { readBounded } from './read-bounded.ts';
import { TOML_FILES } from './toml-files.ts';

test('readBounded() reads a file whole, whatever it says of its size', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bounded-'));
  try {
    const path = join(folder, 'file');
    for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
      writeFileSync(path, 'x'.repeat(length));
      assert.equal(readBounded(path, 200_000).length, length);
    }
    assert.throws(() => readBounded(path, 199_999), { code: 'EFBIG' });
    assert.match(readBounded('/proc/self/status', 65_536).toString(), /^Name:/);
    assert.equal(readBounded('/dev/null', 10).length, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no configuration is an endless device, and none waits for the writer of a pipe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bounded-'));
  try {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const kind of ['readText', 'readSecret'] as const) {
      const read = (path: string) => TOML_FILES[kind](path);
      assert.deepEqual(read(pipe), { ok: false, fault: 'it is a pipe, in which a reload would find nothing' });
      const endless = read('/dev/zero');
      assert.match(endless.ok ? '' : endless.fault, /^it has more than \d+ bytes$/);
    }
    assert.deepEqual(DISK_FILES.readFile('/dev/zero'), {
      ok: false,
      fault: { call: 'read()', number: 27, text: 'File too large' },
    });
    assert.deepEqual(DISK_FILES.readFile(pipe), {
      ok: false,
      fault: { call: 'read()', number: 22, text: 'Invalid argument' },
    });
    assert.deepEqual(DISK_FILES.readFile(folder), {
      ok: false,
      fault: { call: 'read()', number: 21, text: 'Is a directory' },
    });
    assert.deepEqual(DISK_FILES.readFile(join(folder, 'none')), {
      ok: false,
      fault: { call: 'open()', number: 2, text: 'No such file or directory' },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
