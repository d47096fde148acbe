import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRunDirectory, removeStaleDirectories } from './run-directory.ts';

test('createRunDirectory() makes folders of our own, and removes them', () => {
  const parent = mkdtempSync(join(tmpdir(), 'run-'));
  const made = createRunDirectory({ TMPDIR: parent }, 4096);
  assert.ok(made.ok);
  assert.equal(statSync(made.value.path).mode & 0o777, 0o700);
  assert.equal(statSync(made.value.boardPath).size, 4096);
  assert.equal(readdirSync(parent).length, 2);
  for (const name of ['lane.0.sock', 'worker.1.log', 'e0-1']) {
    writeFileSync(join(made.value.path, name), '');
  }
  made.value.clearEdge();
  assert.deepEqual(readdirSync(made.value.path).toSorted(), ['board', 'pid', 'worker.1.log']);
  made.value.remove();
  assert.deepEqual(readdirSync(parent), []);
  rmSync(parent, { recursive: true });
});

test('createRunDirectory() passes over folders that cannot be used', () => {
  const made = createRunDirectory({ XDG_RUNTIME_DIR: '/nowhere', TMPDIR: `/tmp/${'x'.repeat(100)}` }, 8);
  assert.ok(made.ok);
  assert.match(made.value.path, /^\/tmp\/portico-/);
  made.value.remove();
});

test('removeStaleDirectories() removes what a dead server left, and nothing else', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'run-'));
  const living = createRunDirectory({ TMPDIR: parent }, 8);
  assert.ok(living.ok);
  for (const [name, pid] of [
    ['portico-dead00', '4194304 17'],
    ['portico-reused', `${process.pid} 1`],
    ['other-dead00', '4194304 17'],
  ] as const) {
    mkdirSync(join(parent, name));
    writeFileSync(join(parent, name, 'pid'), `${pid}\n`);
  }
  mkdirSync(join(parent, 'portico-making'));
  await removeStaleDirectories({ TMPDIR: parent });
  assert.ok(existsSync(living.value.path));
  assert.deepEqual(
    readdirSync(parent).filter((name) => /dead|reused|making/.test(name)),
    ['other-dead00', 'portico-making'],
  );
  rmSync(parent, { recursive: true });
});
