import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileTree } from './trusted-path.ts';
import { isInRootsFolder, isRootsAlone, strangerOn } from './trusted-path.ts';

const USER = 1000;

/** `d` folder, `f` file, `l` link; its owner; its mode, or where it leads. */
type Entry = readonly ['d' | 'f', number, number] | readonly ['l', number, string];

const ENTRIES: Readonly<Record<string, Entry>> = {
  '/': ['d', 0, 0o755],
  '/var': ['d', 0, 0o755],
  '/var/log': ['d', 0, 0o755],
  '/var/log/ours': ['f', USER, 0o640],
  '/var/log/out': ['l', 0, '/dev/stdout'],
  '/var/log/up': ['l', 0, '../log/ours'],
  '/var/log/loop': ['l', 0, 'loop'],
  '/var/log/home': ['l', 0, '/home/user/log'],
  '/var/log/back': ['l', 0, 'hidden/../ours'],
  '/var/log/hidden': ['l', 0, '/home/user/x'],
  '/var/run': ['l', 0, '/run'],
  '/run': ['d', 0, 0o755],
  '/group': ['d', 0, 0o775],
  '/group/log': ['f', 0, 0o640],
  '/tmp': ['d', 0, 0o1777],
  '/tmp/roots': ['d', 0, 0o755],
  '/tmp/users': ['d', USER, 0o755],
  '/tmp/link': ['l', USER, '/var/log/ours'],
  '/home': ['d', 0, 0o755],
  '/home/user': ['d', USER, 0o755],
  '/home/user/x': ['d', USER, 0o755],
  '/dev': ['d', 0, 0o755],
  '/dev/stdout': ['l', 0, '/proc/self/fd/1'],
  '/proc': ['d', 0, 0o555],
  '/proc/self': ['l', 0, String(process.pid)],
  [`/proc/${process.pid}`]: ['d', USER, 0o555],
  [`/proc/${process.pid}/fd`]: ['d', USER, 0o500],
  [`/proc/${process.pid}/fd/1`]: ['l', USER, 'pipe:[7]'],
  '/proc/1': ['d', 0, 0o555],
  '/proc/1/cwd': ['l', USER, '/'],
};

const TREE: FileTree = {
  lstat: (path) => {
    const entry = ENTRIES[path];
    return (
      entry && {
        uid: entry[1],
        gid: entry[1],
        mode: typeof entry[2] === 'number' ? entry[2] : 0o777,
        isDirectory: () => entry[0] === 'd',
        isSymbolicLink: () => entry[0] === 'l',
      }
    );
  },
  readlink: (path) => String(ENTRIES[path]?.[2]),
};

const PATHS: readonly [path: string, isRoots: boolean, why: string][] = [
  ['/var/log/new', true, 'root alone can make it'],
  ['/var/log/ours', true, "a file of the user's in a folder of root's"],
  ['/var/log/out', true, 'a link of root to what we have open'],
  ['/dev/stdout', true, 'what we have open'],
  ['/var/log/up', true, 'a relative link of root'],
  ['/var/run/pid', true, "a link in the path, root's"],
  ['/tmp/roots/new', true, "nobody can replace what is root's in a sticky folder"],
  ['/var/log/../log/new', true, 'a path that turns back'],
  ['/var/log/hidden/../../../var/log/new', false, "a path that turns back in the user's folder"],
  ['/var/log/loop', false, 'a link to itself'],
  ['/var/log/home', false, "a link of root into the user's folder"],
  ['/var/log/back', false, "a link through the user's folder and back"],
  ['/var/log/none/new', false, 'a folder that is not there'],
  ['/var/log/ours/new', false, 'a file in the place of a folder'],
  ['/home/user/log', false, "the user's folder"],
  ['/group/log', false, 'a group may replace it'],
  ['/group/new', false, 'a group may make it'],
  ['/tmp/new', false, 'everybody may make it'],
  ['/tmp/link', false, "a link of the user's"],
  ['/tmp/users/log', false, "the user's folder below a sticky one"],
];
for (const [path, isRoots, why] of PATHS) {
  test(`isRootsAlone() says ${isRoots ? 'yes' : 'no'} to ${why}`, () => {
    assert.equal(isRootsAlone(path, TREE), isRoots);
  });
}

test("isInRootsFolder() says yes where a file is made in root's folder, whoever else may make some there", () => {
  for (const path of ['/var/log/new', '/group/new', '/tmp/new', '/new']) {
    assert.equal(isInRootsFolder(path, TREE), true, path);
  }
  for (const path of ['/home/user/new', '/tmp/users/new', '/none/new', '/var/log/ours/new']) {
    assert.equal(isInRootsFolder(path, TREE), false, path);
  }
});

test('isRootsAlone() knows the machine it runs on', () => {
  assert.equal(isRootsAlone('/dev/null'), true);
  assert.equal(isRootsAlone('/tmp/no-such-file'), false);
});

test("strangerOn() names whose the first part of a path is that is not root's", () => {
  assert.deepEqual(
    ['/var/log/ours', '/var/log/home', '/tmp/users/a/b', '/tmp/link', '/home/user/log'].map(
      (path) => strangerOn(path, TREE)?.uid,
    ),
    Array(5).fill(USER),
  );
  assert.deepEqual(
    ['/var/log/new', '/var/log/loop', '/group/log', '/tmp/roots/new'].map((path) => strangerOn(path, TREE)),
    Array(4).fill(undefined),
  );
});
