// What --reload sees of a folder: all the ways by which editors, tools and people change files in it.

import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WatchFolder } from '../../src/supervisor/watch.ts';
import { watchSources } from '../../src/supervisor/watch.ts';
import { firstChange, readSnapshot } from '../../src/supervisor/watch-polling.ts';
import type { WatchPatterns } from '../../src/supervisor/watch-rules.ts';
import { WatchRules } from '../../src/supervisor/watch-rules.ts';
import { makeFolder } from './server.ts';
import { within } from './waiting.ts';

class Tree {
  readonly folder = makeFolder();
  #change = Promise.withResolvers<string>();
  // The watcher does not keep a process alive.
  readonly #alive = setInterval(() => undefined, 1000);
  readonly faults: string[] = [];
  /** Single files that are watched. */
  files: readonly string[] = [];

  write(path: string, text = 'x'): void {
    mkdirSync(join(this.folder, path, '..'), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  places(patterns: Partial<WatchPatterns> = {}, root = '') {
    const rules = new WatchRules({ includes: [], excludes: [], ...patterns });
    return { roots: [join(this.folder, root)], files: this.files.map((path) => join(this.folder, path)), rules };
  }

  watch(patterns: Partial<WatchPatterns> = {}, root = '', watchFolder: WatchFolder = watch): void {
    const events = {
      onChange: (path: string) => this.#change.resolve(path.slice(this.folder.length + 1)),
      onFault: (fault: string) => this.faults.push(fault),
    };
    watchSources(this.places(patterns, root), events, watchFolder);
  }

  /** What was seen first of what is done. */
  async seen(act: () => void): Promise<string> {
    this.#change = Promise.withResolvers();
    act();
    return within(5000, 'seeing a change', this.#change.promise);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    rmSync(this.folder, { recursive: true });
  }
}

test('a file that is written, saved by a rename, removed, or brought by a move is a change', async () => {
  using tree = new Tree();
  tree.write('site/views.py');
  tree.watch({}, 'site');
  const at = (path: string): string => join(tree.folder, path);
  assert.equal(await tree.seen(() => tree.write('site/views.py', 'y')), 'site/views.py');
  const save = (): void => {
    tree.write('site/.views.py.tmp', 'z');
    renameSync(at('site/.views.py.tmp'), at('site/views.py'));
  };
  assert.equal(await tree.seen(save), 'site/views.py');
  tree.write('elsewhere/models.py');
  assert.equal(await tree.seen(() => renameSync(at('elsewhere/models.py'), at('site/models.py'))), 'site/models.py');
  assert.equal(await tree.seen(() => unlinkSync(at('site/models.py'))), 'site/models.py');
});

test('what is in a new folder is seen, also if it was there before the folder was entered', async () => {
  using tree = new Tree();
  tree.watch();
  assert.equal(await tree.seen(() => tree.write('new/deep/er/a.py')), 'new/deep/er/a.py');
  assert.equal(await tree.seen(() => tree.write('new/deep/er/b.py')), 'new/deep/er/b.py');
});

test('a symbolic link that leads to itself hides nothing, whether it was there or comes', async () => {
  using tree = new Tree();
  symlinkSync('a-loop', join(tree.folder, 'a-loop'));
  tree.write('below/a.py');
  tree.watch();
  assert.equal(await tree.seen(() => tree.write('below/a.py', 'y')), 'below/a.py');
  symlinkSync('b-loop', join(tree.folder, 'b-loop'));
  assert.equal(await tree.seen(() => tree.write('below/a.py', 'z')), 'below/a.py');
  assert.deepEqual(tree.faults, []);
  assert.deepEqual([...readSnapshot(tree.places()).keys()], [join(tree.folder, 'below/a.py')]);
});

test('a folder that was moved is watched where it is now', async () => {
  using tree = new Tree();
  tree.write('old/a.py');
  tree.watch();
  await tree.seen(() => renameSync(join(tree.folder, 'old'), join(tree.folder, 'new')));
  assert.equal(await tree.seen(() => tree.write('new/a.py', 'y')), 'new/a.py');
  assert.match(await tree.seen(() => rmSync(join(tree.folder, 'new'), { recursive: true })), /^new/);
});

test('links to files and folders are followed, and one that leads in a circle has an end', async () => {
  using tree = new Tree();
  tree.write('shared/lib/b.py');
  tree.write('shared/a.py');
  mkdirSync(join(tree.folder, 'site'));
  symlinkSync('../shared/a.py', join(tree.folder, 'site/a.py'));
  symlinkSync('../shared/lib', join(tree.folder, 'site/lib'));
  tree.write('site/settings.production');
  symlinkSync('settings.production', join(tree.folder, 'site/settings.py'));
  symlinkSync('..', join(tree.folder, 'site/circle.d'));
  symlinkSync('.', join(tree.folder, 'site/self'));
  tree.watch({ excludes: ['circle.d'] }, 'site');
  assert.equal(await tree.seen(() => tree.write('shared/a.py', 'y')), 'site/a.py');
  assert.equal(await tree.seen(() => tree.write('shared/lib/b.py', 'y')), 'site/lib/b.py');
  assert.equal(await tree.seen(() => tree.write('site/settings.production', 'y')), 'site/settings.py');
  assert.deepEqual(tree.faults, []);
});

test('a single file is seen in a folder that is watched and elsewhere, whatever its name is', async () => {
  using tree = new Tree();
  tree.write('site/production.env');
  tree.write('secrets/more.env');
  tree.files = ['site/production.env', 'secrets/more.env'];
  tree.watch({}, 'site');
  assert.equal(await tree.seen(() => tree.write('site/production.env', 'y')), 'site/production.env');
  assert.equal(await tree.seen(() => tree.write('secrets/more.env', 'y')), 'secrets/more.env');
});

test('an environment of any name, hidden files and what is excluded are not seen', async () => {
  using tree = new Tree();
  tree.write('env/pyvenv.cfg');
  tree.write('env/lib/a.py');
  tree.write('gen/a.py');
  tree.write('.cache/a.py');
  tree.watch({ excludes: ['gen'], includes: ['*.css'] });
  const first = await tree.seen(() => {
    for (const path of ['env/lib/a.py', 'gen/a.py', '.cache/a.py', '.#a.py', 'a.txt']) tree.write(path, 'y');
    tree.write('last.css');
  });
  assert.equal(first, 'last.css');
});

test('what came with the folder at which the kernel has reached its limit is loaded, and what changes later', async () => {
  using tree = new Tree();
  tree.write('a.py');
  tree.watch({}, '', (folder, options, onName) => {
    if (folder !== tree.folder) {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    }
    return watch(folder, options, onName);
  });
  assert.match(await tree.seen(() => tree.write('new/b.py')), /^new/);
  assert.match(tree.faults.join(), /the kernel watches no more folders \(ENOSPC;/);
  assert.equal(await tree.seen(() => tree.write('a.py', 'longer')), 'a.py');
});

test('without the help of the kernel, two looks at the files show the same', () => {
  using tree = new Tree();
  const places = tree.places({ excludes: ['gen'] });
  const changed = (act: () => void): string | undefined => {
    const before = readSnapshot(places);
    act();
    return firstChange(before, readSnapshot(places))?.slice(tree.folder.length + 1);
  };
  symlinkSync('.', join(tree.folder, 'self'));
  assert.equal(
    changed(() => tree.write('a/b.py')),
    'a/b.py',
  );
  assert.equal(
    changed(() => tree.write('a/b.py', 'longer')),
    'a/b.py',
  );
  assert.equal(
    changed(() => tree.write('gen/b.py')),
    undefined,
  );
  assert.equal(
    changed(() => rmSync(join(tree.folder, 'a'), { recursive: true })),
    'a/b.py',
  );
});
