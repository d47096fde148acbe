import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { makeUserCache, removeOldCode } from './compile-cache.ts';

const home = mkdtempSync(join(tmpdir(), 'portico-cache-'));
after(() => rmSync(home, { recursive: true }));

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;
const isRoot = process.geteuid?.() === 0;
const needsRoot = isRoot ? false : 'needs root';
const NOBODY = { uid: 65534, gid: 65534 };

function write(path: string, daysOld: number): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  const seconds = (NOW_MS - daysOld * DAY_MS) / 1000;
  utimesSync(path, seconds, seconds);
  return path;
}

test('removeOldCode() removes what was written long ago, whoever has left it, and the folders of other releases with it', () => {
  const cache = join(home, 'old/portico');
  const young = write(join(cache, 'v24.14.0-x64-cf738c9d-0/0df82600'), 89);
  const gone = [
    write(join(cache, 'v24.14.0-x64-cf738c9d-0/14a9e391'), 91),
    write(join(cache, 'v24.14.0-x64-cf738c9d-0/14a9e391.Ab3_x9'), 91),
    write(join(cache, 'v22.1.0-arm64-cf738c9d-0/14a9e391'), 91),
  ];
  const others = [
    write(join(cache, 'v24.14.0-x64-cf738c9d-0/README.txt'), 91),
    write(join(cache, 'settings/14a9e391'), 91),
    write(join(cache, '14a9e391'), 91),
  ];
  removeOldCode(NOW_MS, cache);
  assert.deepEqual(
    gone.filter((path) => existsSync(path)),
    [],
  );
  assert.deepEqual(
    [young, ...others].filter((path) => !existsSync(path)),
    [],
  );
  assert.ok(!existsSync(join(cache, 'v22.1.0-arm64-cf738c9d-0')));
});

test('removeOldCode() leaves a folder that was just made, and is still empty, to the Node that has made it', () => {
  const cache = join(home, 'new/portico');
  mkdirSync(join(cache, 'v24.15.0-x64-cf738c9d-0'), { recursive: true });
  removeOldCode(NOW_MS, cache);
  assert.ok(existsSync(join(cache, 'v24.15.0-x64-cf738c9d-0')));
});

test('removeOldCode() touches no cache but that of Portico, and follows no link', () => {
  const foreign = write(join(home, 'foreign/theirs/v24.14.0-x64-cf738c9d-0/14a9e391'), 91);
  removeOldCode(NOW_MS, join(home, 'foreign/theirs'));
  mkdirSync(join(home, 'links/portico'), { recursive: true });
  symlinkSync(dirname(foreign), join(home, 'links/portico/v24.14.0-x64-cf738c9d-0'));
  removeOldCode(NOW_MS, join(home, 'links/portico'));
  symlinkSync(join(home, 'foreign/theirs'), join(home, 'links/portico-1'));
  removeOldCode(NOW_MS, join(home, 'links/portico-1'));
  removeOldCode(NOW_MS, join(home, 'nowhere/portico'));
  assert.ok(existsSync(foreign));
});

test('makeUserCache() makes a folder of the user alone, and finds it again', { skip: needsRoot }, () => {
  const parent = join(home, 'caches');
  mkdirSync(parent);
  const folder = join(parent, 'portico-65534');
  assert.equal(makeUserCache(NOBODY, parent), folder);
  const { uid, gid, mode } = lstatSync(folder);
  assert.deepEqual([uid, gid, mode & 0o777], [65534, 65534, 0o700]);
  assert.equal(makeUserCache(NOBODY, parent), folder);
});

test('makeUserCache() trusts nothing that others may have laid', { skip: needsRoot }, () => {
  const parent = join(home, 'planted');
  mkdirSync(join(parent, 'target'), { recursive: true });
  symlinkSync('target', join(parent, 'portico-65534'));
  assert.equal(makeUserCache(NOBODY, parent), undefined, 'a link');
  assert.equal(lstatSync(join(parent, 'target')).uid, 0);
  mkdirSync(join(parent, 'portico-1'));
  assert.equal(makeUserCache({ uid: 1, gid: 1 }, parent), join(parent, 'portico-1'), 'what root has begun is finished');
  assert.equal(makeUserCache({ uid: 2, gid: 2 }, join(parent, 'nowhere')), undefined);
  chmodSync(parent, 0o1777);
  assert.equal(makeUserCache({ uid: 3, gid: 3 }, parent), undefined, 'a folder in which everybody may make files');
});
