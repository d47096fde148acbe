import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Folder } from './folder.ts';
import { compileMounts } from './mount.ts';
import { absentFor, openFile } from './open-file.ts';
import { Root } from './root.ts';
import { TemporarySite } from './temporary-site.ts';

function below(root: Root): Folder {
  const [mount] = compileMounts([{ url: '/', root: '/', hashed: false }]);
  assert.ok(mount);
  return { ...mount.folder, links: { kind: 'inside', root } };
}

/** `file`, `directory` or the absence; whatever was opened is closed. */
async function tryOpen(site: TemporarySite, name: string, root: Root = new Root(site.root)): Promise<string> {
  const opened = await openFile(`${root.path}/${name}`, below(root), site.around);
  if (opened.kind === 'file') {
    await site.disk.close(opened.fd);
  }
  const openCount = site.calls.filter((call) => call === 'open' || call === 'openDirectory').length;
  assert.equal(site.calls.filter((call) => call === 'close').length, site.failing.has('open') ? 0 : openCount);
  return opened.kind === 'absent' ? opened.absence : opened.kind;
}

test('openFile() opens files below the root', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  site.write('b/c d.css', 'b');
  assert.equal(await tryOpen(site, 'a.css'), 'file');
  assert.equal(await tryOpen(site, 'b/c d.css'), 'file');
});

test('openFile() opens names that are not UTF-8', async () => {
  using site = new TemporarySite();
  writeFileSync(Buffer.concat([Buffer.from(`${site.root}/caf`), Buffer.from([0xe9])]), 'x');
  assert.equal(await tryOpen(site, 'caf\xe9'), 'file');
  assert.equal(await tryOpen(site, 'caf\xc3\xa9'), 'missing');
});

test('openFile() tells directories from what is missing', async () => {
  using site = new TemporarySite();
  site.write('b/c.css', 'b');
  assert.equal(await tryOpen(site, 'b'), 'directory');
  assert.equal(await tryOpen(site, 'x'), 'missing');
  assert.equal(await tryOpen(site, 'b/c.css/'), 'missing');
  assert.equal(await tryOpen(site, 'b/c.css/d'), 'missing');
  assert.equal(await tryOpen(site, 'x'.repeat(300)), 'missing');
  assert.equal(await tryOpen(site, 'x/'.repeat(3000)), 'missing');
  assert.deepEqual(site.faults, []);
});

test('openFile() follows links that stay inside', async () => {
  using site = new TemporarySite();
  site.write('b/c.css', 'b');
  symlinkSync('b/c.css', site.path('relative'));
  symlinkSync(site.path('b/c.css'), site.path('absolute'));
  symlinkSync('b', site.path('directory'));
  assert.equal(await tryOpen(site, 'relative'), 'file');
  assert.equal(await tryOpen(site, 'absolute'), 'file');
  assert.equal(await tryOpen(site, 'directory/c.css'), 'file');
});

test('openFile() refuses links that lead out, and says so in the log', async () => {
  using site = new TemporarySite();
  writeFileSync(join(site.directory, 'secret'), 's');
  mkdirSync(join(site.directory, 'root-2'));
  writeFileSync(join(site.directory, 'root-2/secret'), 's');
  symlinkSync('../secret', site.path('file'));
  symlinkSync('..', site.path('up'));
  symlinkSync('../root-2', site.path('alike'));
  symlinkSync('file', site.path('twice'));
  for (const name of ['file', 'up/secret', 'alike/secret', 'twice']) {
    assert.equal(await tryOpen(site, name), 'missing', name);
  }
  assert.deepEqual(site.faults, Array(4).fill('static.outside'));
});

test('openFile() ends at links in a circle and links to nothing', async () => {
  using site = new TemporarySite();
  symlinkSync('loop', site.path('loop'));
  symlinkSync('nothing', site.path('dangling'));
  assert.equal(await tryOpen(site, 'loop'), 'missing');
  assert.equal(await tryOpen(site, 'dangling'), 'missing');
});

test('openFile() serves a root that is a link, also after it was switched', async () => {
  using site = new TemporarySite();
  const current = join(site.directory, 'current');
  const link = (target: string): void => {
    symlinkSync(target, `${current}.new`);
    renameSync(`${current}.new`, current);
  };
  site.write('a.css', 'old');
  mkdirSync(join(site.directory, 'next'));
  writeFileSync(join(site.directory, 'next/a.css'), 'new');
  const root = new Root(current);
  link('root');
  assert.equal(await tryOpen(site, 'a.css', root), 'file');
  link('next');
  assert.equal(await tryOpen(site, 'a.css', root), 'file');
  symlinkSync('../root/a.css', join(site.directory, 'next/back'));
  assert.equal(await tryOpen(site, 'back', root), 'missing');
});

test('openFile() refuses FIFOs, sockets and devices without waiting for them', async () => {
  using site = new TemporarySite();
  assert.equal(spawnSync('mkfifo', [site.path('fifo')]).status, 0);
  symlinkSync('/dev/null', site.path('device'));
  const server = createServer().listen(site.path('socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  for (const name of ['fifo', 'device', 'socket']) {
    assert.equal(await tryOpen(site, name), 'missing', name);
  }
  assert.ok(!site.calls.includes('open'));
  server.close();
});

test('openFile() refuses a FIFO that takes the place of a file at the last moment', async () => {
  using site = new TemporarySite();
  const path = site.write('a.css', 'a');
  site.before.set('open', () => {
    unlinkSync(path);
    assert.equal(spawnSync('mkfifo', [path]).status, 0);
  });
  assert.equal(await tryOpen(site, 'a.css'), 'missing');
});

test('openFile() refuses a link out that takes the place of a file at the last moment', async () => {
  using site = new TemporarySite();
  const path = site.write('a.css', 'a');
  writeFileSync(join(site.directory, 'secret'), 's');
  site.before.set('open', () => {
    unlinkSync(path);
    symlinkSync('../secret', path);
  });
  assert.equal(await tryOpen(site, 'a.css'), 'missing');
});

test('openFile() asks for the real path where descriptors do not tell it', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  site.write('b.css', 'b');
  writeFileSync(join(site.directory, 'secret'), 's');
  symlinkSync('../secret', site.path('out'));
  const around = { ...site.around, disk: { ...site.disk, descriptorPath: () => Promise.resolve(undefined) } };
  const root = new Root(site.root);
  const inside = await openFile(site.path('a.css'), below(root), around);
  assert.equal(inside.kind, 'file');
  assert.equal((await openFile(site.path('out'), below(root), around)).kind, 'absent');
  site.before.set('realPath', () => renameSync(site.path('b.css'), site.path('a.css')));
  assert.equal((await openFile(site.path('a.css'), below(root), around)).kind, 'absent');
  if (inside.kind === 'file') {
    await site.disk.close(inside.fd);
  }
});

test('openFile() says what a failing disk means', async () => {
  const meanings = {
    EACCES: 'forbidden',
    EPERM: 'forbidden',
    EMFILE: 'exhausted',
    ENFILE: 'exhausted',
    EIO: 'failed',
    ENXIO: 'missing',
  };
  for (const [code, absence] of Object.entries(meanings)) {
    using site = new TemporarySite();
    site.write('a.css', 'a');
    site.failing.set('open', code);
    assert.equal(await tryOpen(site, 'a.css'), absence);
    assert.deepEqual(site.faults, absence === 'missing' ? [] : [`static.${absence}`]);
  }
});

test('openFile() closes the file when looking at it fails', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  site.failing.set('fstat', 'EIO');
  assert.equal(await tryOpen(site, 'a.css'), 'failed');
  site.failing.clear();
  site.failing.set('realPath', 'EACCES');
  assert.equal(await tryOpen(site, 'a.css'), 'forbidden');
});

test('openFile() serves nothing of a root that is gone', async () => {
  using site = new TemporarySite();
  assert.equal(await tryOpen(site, 'a.css', new Root(`${site.root}/none`)), 'missing');
});

test('absentFor() passes bugs on', () => {
  const report = (): void => assert.fail();
  assert.throws(() => absentFor(new TypeError('bug'), '', { report }), /bug/);
  assert.throws(() => absentFor('bug', '', { report }), /bug/);
});
