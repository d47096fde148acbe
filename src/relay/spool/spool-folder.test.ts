import { deepEqual, equal, throws } from 'node:assert/strict';
import { closeSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { MadeFolder } from './spool-folder.ts';
import { removeFolder, SpoolFolder } from './spool-folder.ts';

function story(parents: (root: string) => string[] = (root) => [root]) {
  const root = mkdtempSync(join(tmpdir(), 'spool-'));
  const made: MadeFolder[] = [];
  const folder = new SpoolFolder(parents(root), (each) => made.push(each));
  let count = 0;
  /** The folder of a new file. */
  const open = (): string => {
    count += 1;
    const { path, fd } = folder.open(`e0-${count}`);
    closeSync(fd);
    return dirname(path);
  };
  return { root, made, folder, open, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

test('SpoolFolder is made when it is needed, once, for our own eyes', () => {
  using it = story();
  deepEqual(readdirSync(it.root), []);
  const first = it.open();
  equal(statSync(first).mode & 0o777, 0o700);
  equal(it.open(), first);
  deepEqual(
    it.made.map(({ path }) => path),
    [first],
  );
  deepEqual(readdirSync(first).toSorted(), ['e0-1', 'e0-2']);
});

const FATES: readonly [string, (path: string, root: string) => void][] = [
  ['is gone', () => undefined],
  ['is a file', (path) => writeFileSync(path, '')],
  ['is another folder', (path) => mkdirSync(path)],
  ['is a link', (path, root) => symlinkSync(root, path)],
];
for (const [what, befall] of FATES) {
  test(`SpoolFolder is made anew when it ${what}`, () => {
    using it = story();
    const first = it.open();
    rmSync(first, { recursive: true });
    befall(first, it.root);
    const second = it.open();
    equal(second === first, false);
    deepEqual(readdirSync(second), ['e0-2']);
    equal(it.made.length, 2);
    equal(readdirSync(it.root).length, what === 'is gone' ? 1 : 2, 'what is not ours is left');
  });
}

test('SpoolFolder passes over places that cannot be written', () => {
  using it = story((root) => ['/nowhere', root]);
  equal(dirname(it.open()), it.root);
});

test('SpoolFolder without any place says why, and how to give it one', () => {
  using it = story(() => ['/nowhere', '/proc']);
  throws(() => it.open(), {
    message: /no folder for it can be made: .*\/nowhere.*\/proc.* Set TMPDIR/,
    code: 'ENOENT',
  });
});

test('removeFolder() removes the folder, and not what stands in its place', () => {
  using it = story();
  const path = it.open();
  const [folder] = it.made;
  removeFolder({ path, device: 0, inode: 0 });
  deepEqual(readdirSync(it.root).length, 1);
  removeFolder(folder ?? { path, device: 0, inode: 0 });
  deepEqual(readdirSync(it.root), []);
});
