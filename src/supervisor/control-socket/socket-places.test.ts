import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { allControlFolders, controlFolders, isPrivate, isSocketName, socketName } from './socket-places.ts';

const owners = (of: Readonly<Record<string, number>>) => ({ ownerOf: (path: string) => of[path] });

test('controlFolders() prefers what is the user’s own, and believes no variable of somebody else', () => {
  const env = { XDG_RUNTIME_DIR: '/run/user/1000' };
  const machine = owners({ '/run/user/1000': 1000, '/run/shop': 33 });
  assert.deepEqual(controlFolders({ uid: 1000, env }, machine), ['/run/user/1000/portico', '/tmp/portico-1000']);
  assert.deepEqual(controlFolders({ uid: 1000, env: {} }, machine), ['/run/user/1000/portico', '/tmp/portico-1000']);
  const ofService = { ...env, RUNTIME_DIRECTORY: '/run/other:/run/shop' };
  assert.deepEqual(controlFolders({ uid: 33, env: ofService }, machine), ['/run/shop', '/tmp/portico-33']);
  assert.deepEqual(controlFolders({ uid: 0, env }, machine), ['/run/portico', '/tmp/portico-0']);
  assert.deepEqual(controlFolders({ uid: 5, env: { XDG_RUNTIME_DIR: 'run' } }, owners({ run: 5 })), ['/tmp/portico-5']);
});

test('allControlFolders() is of all users for root alone', () => {
  assert.ok(allControlFolders({ uid: 0, env: {} }).includes('/run/portico'));
  assert.deepEqual(allControlFolders({ uid: 4711, env: {} }), ['/tmp/portico-4711']);
});

test('a socket is known by its name', () => {
  assert.deepEqual([socketName(12, 0), socketName(12, 3)], ['12.sock', '12.3.sock']);
  assert.deepEqual(['12.sock', '12.3.sock', '.12.sock.0a0b0c0d', 'x.sock', '0.sock', '12.sock~'].map(isSocketName), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('isPrivate() is true of a folder of the user’s that others cannot change, and of no link to one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  const uid = process.geteuid?.() ?? -1;
  try {
    assert.equal(isPrivate(folder, uid), true);
    assert.equal(isPrivate(folder, uid + 1), false);
    symlinkSync(folder, join(folder, 'link'));
    assert.equal(isPrivate(join(folder, 'link'), uid), false);
    mkdirSync(join(folder, 'shared'));
    chmodSync(join(folder, 'shared'), 0o777);
    assert.equal(isPrivate(join(folder, 'shared'), uid), false);
    assert.equal(isPrivate(join(folder, 'missing'), uid), false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
