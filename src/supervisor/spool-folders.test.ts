import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SpoolFolders, spoolParents } from './spool-folders.ts';

const LONG_AGO_S = 1_000_000_000;

function isLocked(inode: number): boolean {
  return readFileSync('/proc/locks', 'utf8').includes(`:${inode} `);
}

function story() {
  const parent = mkdtempSync(join(tmpdir(), 'folders-'));
  const said: string[] = [];
  const newFolders = (python = 'python3') =>
    new SpoolFolders({ python: () => python, identity: undefined }, [parent], {
      say: (level, text) => said.push(`${level} ${text}`),
    });
  const make = (name: string, { mode = 0o700, isFresh = false } = {}) => {
    const path = join(parent, name);
    mkdirSync(path, { mode });
    const { dev, ino } = lstatSync(path);
    if (!isFresh) {
      utimesSync(path, LONG_AGO_S, LONG_AGO_S);
    }
    return { kind: 'spool-folder', path, device: dev, inode: ino } as const;
  };
  return { parent, said, newFolders, make, [Symbol.dispose]: () => rmSync(parent, { recursive: true }) };
}

test('SpoolFolders lets others see which folders are in use, and removes what nobody uses', async () => {
  using it = story();
  const living = it.newFolders();
  const used = it.make('portico-spool-used00');
  living.adopt(used);
  const stale = it.make('portico-spool-dead00');
  const others = [
    it.make('portico-dead00'),
    it.make('portico-spool-long-name'),
    it.make('portico-spool-open00', { mode: 0o777 }),
  ];
  const fresh = it.make('portico-spool-new000', { isFresh: true });
  symlinkSync(others[0]?.path ?? '', join(it.parent, 'portico-spool-link00'));
  const other = it.newFolders();
  // The lock is taken by a process that is not waited for.
  while (!isLocked(used.inode)) {
    await delay(5);
  }
  await other.removeStale([it.parent, '/nowhere']);
  assert.ok(!existsSync(stale.path));
  for (const { path } of [used, fresh, ...others]) {
    assert.ok(existsSync(path), path);
  }
  living.removeAll();
  assert.ok(!existsSync(used.path));
  assert.deepEqual(it.said, []);
});

test('SpoolFolders leaves alone what was put in the place of a folder', () => {
  using it = story();
  const folders = it.newFolders();
  const first = it.make('portico-spool-first0');
  folders.adopt(first);
  rmSync(first.path, { recursive: true });
  it.make('portico-spool-first0');
  folders.adopt({ ...it.make('portico-spool-second'), inode: 1 });
  folders.removeAll();
  assert.ok(existsSync(first.path));
  assert.match(it.said.join(), /warning .*portico-spool-second .*cannot be locked \(it was replaced\)/);
});

test('SpoolFolders says it when a folder cannot be locked', async () => {
  using it = story();
  const folders = it.newFolders('/nowhere/python');
  folders.adopt(it.make('portico-spool-first0'));
  for (let turn = 0; turn < 200 && it.said.length === 0; turn += 1) {
    await delay(10);
  }
  assert.match(it.said.join(), /warning .*portico-spool-first0 .*cannot be locked \(.*ENOENT.*\); a program that/);
  folders.removeAll();
});

test('spoolParents() names each folder once, by its absolute path', () => {
  assert.deepEqual(spoolParents({}), ['/var/tmp', '/tmp']);
  assert.deepEqual(spoolParents({ TMPDIR: '/tmp' }), ['/tmp', '/var/tmp']);
  assert.deepEqual(spoolParents({ TMPDIR: 'x' })[0], join(process.cwd(), 'x'));
});

test('SpoolFolders adopts nothing that an edge of ours would not make: it would be removed with all that is in it', () => {
  using it = story();
  const folders = it.newFolders();
  const below = it.make('portico-spool-abcdef');
  mkdirSync(join(below.path, 'portico-spool-inside'));
  const inside = lstatSync(join(below.path, 'portico-spool-inside'));
  const others = [
    it.make('home'),
    it.make('portico-spool-toolongname'),
    { ...below, path: join(below.path, 'portico-spool-inside'), device: inside.dev, inode: inside.ino },
    { ...below, path: `${it.parent}/../${it.parent.split('/').at(-1)}/portico-spool-abcdef` },
    { ...below, path: 'portico-spool-abcdef' },
  ];
  for (const other of others) {
    folders.adopt(other);
  }
  folders.removeAll();
  assert.equal(it.said.filter((line) => line.startsWith('error the edge names a folder')).length, others.length);
  assert.ok(existsSync(join(below.path, 'portico-spool-inside')));
});
