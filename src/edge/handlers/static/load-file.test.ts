import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StaticFolder } from '../../../config/model/folders.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Found, StaticFile } from './load-file.ts';
import { isUnchanged, loadFile } from './load-file.ts';
import { compileMounts } from './mount.ts';
import { TemporarySite, WRITTEN_S } from './temporary-site.ts';

async function load(site: TemporarySite, rest: string, options: Partial<StaticFolder> = {}): Promise<Found> {
  const [mount] = compileMounts([{ url: '/static/', root: site.root, hashed: false, ...options }]);
  assert.ok(mount);
  return loadFile(rest, mount.folder, site.around);
}

async function loadOne(site: TemporarySite, rest: string, options: Partial<StaticFolder> = {}): Promise<StaticFile> {
  const found = await load(site, rest, options);
  assert.ok(found.kind === 'file', found.kind);
  return found;
}

async function absenceFor(site: TemporarySite, rest: string, options: Partial<StaticFolder> = {}): Promise<string> {
  const found = await load(site, rest, options);
  return found.kind === 'absent' ? found.absence : found.kind;
}

test('loadFile() reads a small file whole', async () => {
  using site = new TemporarySite();
  site.write('css/a.css', 'body{}');
  const file = await loadOne(site, 'css/a.css');
  assert.equal(file.representations.length, 1);
  assert.equal(String(file.representations[0]?.bytes), 'body{}');
  assert.equal(file.weight, 6 + STATIC_LIMITS.representationOverheadBytes);
});

test('loadFile() reads an empty file', async () => {
  using site = new TemporarySite();
  site.write('a.css', '');
  assert.equal((await loadOne(site, 'a.css')).representations[0]?.bytes?.length, 0);
});

test('loadFile() leaves large files on disk', async () => {
  using site = new TemporarySite();
  site.write('small.bin', Buffer.alloc(STATIC_LIMITS.memoryFileBytesMax));
  site.write('large.bin', Buffer.alloc(STATIC_LIMITS.memoryFileBytesMax + 1));
  assert.equal((await loadOne(site, 'small.bin')).representations[0]?.bytes?.length, STATIC_LIMITS.memoryFileBytesMax);
  const large = await loadOne(site, 'large.bin');
  assert.equal(large.representations[0]?.bytes, undefined);
  assert.equal(large.representations[0]?.size, STATIC_LIMITS.memoryFileBytesMax + 1);
  assert.equal(large.weight, STATIC_LIMITS.representationOverheadBytes);
});

test('loadFile() finds compressed siblings, smallest first', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'x'.repeat(100));
  site.write('a.css.gz', 'x'.repeat(30));
  site.write('a.css.br', 'x'.repeat(20));
  site.write('a.css.zst', 'x'.repeat(25));
  const { representations } = await loadOne(site, 'a.css');
  assert.deepEqual(
    representations.map(({ coding }) => coding),
    ['br', 'zstd', 'gzip', 'identity'],
  );
  for (const { fields, contentType } of representations) {
    assert.match(fields, /Vary: Accept-Encoding/);
    assert.equal(contentType, 'text/css; charset=utf-8');
  }
  assert.equal((await loadOne(site, 'a.css.gz')).representations[0]?.contentType, 'application/gzip');
});

test('loadFile() serves no sibling without its file', async () => {
  using site = new TemporarySite();
  site.write('a.css.gz', 'x');
  assert.equal(await absenceFor(site, 'a.css'), 'missing');
});

test('loadFile() leaves out siblings that are older than the file, and says so', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'new', WRITTEN_S);
  site.write('a.css.gz', 'old', WRITTEN_S - 60);
  site.write('a.css.br', 'same', WRITTEN_S - 2);
  const { representations } = await loadOne(site, 'a.css');
  assert.deepEqual(representations.map(({ coding }) => coding).toSorted(), ['br', 'identity']);
  assert.deepEqual(site.faults, ['static.stale-sibling']);
});

test('loadFile() leaves out siblings that are links out of the root or no files', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  writeFileSync(join(site.directory, 'secret'), 's');
  symlinkSync('../secret', site.path('a.css.gz'));
  mkdirSync(site.path('a.css.br'));
  assert.deepEqual(
    (await loadOne(site, 'a.css')).representations.map(({ coding }) => coding),
    ['identity'],
  );
});

test('loadFile() finds neither hidden names nor ways up', async () => {
  using site = new TemporarySite();
  site.write('.env', 'secret');
  site.write('.git/config', 'secret');
  site.write('.well-known/security.txt', 'Contact: x');
  writeFileSync(join(site.directory, 'secret'), 's');
  for (const rest of [
    '.env',
    '.git/config',
    '../secret',
    'x/../../secret',
    '..',
    '.',
    '.well-known/security.txt',
    'a\0',
  ]) {
    assert.equal(await absenceFor(site, rest), 'missing', rest);
  }
  assert.equal(await absenceFor(site, '.well-known/security.txt', { wellKnown: true }), 'file');
});

test('loadFile() knows directories only by their index', async () => {
  using site = new TemporarySite();
  site.write('index.html', 'top');
  site.write('docs/index.html', 'docs');
  site.write('empty/a.css', 'a');
  for (const rest of ['', '/', 'docs', 'docs/', 'empty', 'empty/', 'index.html/']) {
    assert.equal(await absenceFor(site, rest), 'missing', rest);
  }
  const index = { index: 'index.html' };
  assert.equal(String((await loadOne(site, '', index)).representations[0]?.bytes), 'top');
  assert.equal(String((await loadOne(site, 'docs/', index)).representations[0]?.bytes), 'docs');
  assert.match((await loadOne(site, 'docs/', index)).representations[0]?.contentType ?? '', /html/);
  assert.equal(await absenceFor(site, 'docs', index), 'directory');
  for (const rest of ['empty', 'empty/', 'index.html/']) {
    assert.equal(await absenceFor(site, rest, index), 'missing', rest);
  }
  mkdirSync(site.path('odd/index.html'), { recursive: true });
  assert.equal(await absenceFor(site, 'odd/', index), 'missing');
});

test('loadFile() reads again what changes while it is read', async () => {
  using site = new TemporarySite();
  const path = site.write('a.css', 'old');
  let times = 0;
  site.before.set('read', () => {
    times += 1;
    if (times === 1) {
      writeFileSync(path, 'newer');
    }
  });
  const { representations } = await loadOne(site, 'a.css');
  assert.equal(String(representations[0]?.bytes), 'newer');
  assert.equal(representations[0]?.size, 5);
});

test('loadFile() reads again what is cut short while it is read', async () => {
  using site = new TemporarySite();
  const path = site.write('a.css', 'long text');
  let times = 0;
  site.before.set('read', () => {
    times += 1;
    if (times === 1) {
      truncateSync(path, 4);
    }
  });
  assert.equal(String((await loadOne(site, 'a.css')).representations[0]?.bytes), 'long');
});

test('loadFile() leaves on disk what outgrows memory while it is read', async () => {
  using site = new TemporarySite();
  const path = site.write('a.bin', 'x');
  site.before.set('read', () => writeFileSync(path, Buffer.alloc(STATIC_LIMITS.memoryFileBytesMax + 5)));
  const [representation] = (await loadOne(site, 'a.bin')).representations;
  assert.equal(representation?.bytes, undefined);
  assert.equal(representation?.size, STATIC_LIMITS.memoryFileBytesMax + 5);
});

test('loadFile() takes a file that never stands still with the size it had', async () => {
  using site = new TemporarySite();
  const path = site.write('a.css', 'x');
  site.before.set('read', () => appendFileSync(path, 'x'));
  const [grown] = (await loadOne(site, 'a.css')).representations;
  assert.equal(grown?.size, grown?.bytes?.length);
  assert.match(String(grown?.bytes), /^x+$/);
  site.before.set('read', () => truncateSync(path, Math.max(0, statSync(path).size - 1)));
  const [shrunk] = (await loadOne(site, 'a.css')).representations;
  assert.equal(shrunk?.size, shrunk?.bytes?.length);
  assert.deepEqual(site.faults, []);
});

test('loadFile() says what a failing read means and closes the file', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'x');
  site.failing.set('read', 'EIO');
  assert.equal(await absenceFor(site, 'a.css'), 'failed');
  assert.equal(site.calls.filter((call) => call === 'close').length, 1);
});

test('isUnchanged() notices every change of a file and its siblings', async () => {
  const changes: Record<string, (site: TemporarySite) => void> = {
    rewritten: (site) => void site.write('a.css', 'b', WRITTEN_S),
    touched: (site) => void site.write('a.css', 'a', WRITTEN_S + 1),
    removed: (site) => unlinkSync(site.path('a.css')),
    replaced: (site) => renameSync(site.write('b.css', 'b', WRITTEN_S), site.path('a.css')),
    'sibling added': (site) => void site.write('a.css.br', 'b'),
    'sibling removed': (site) => unlinkSync(site.path('a.css.gz')),
    'sibling rewritten': (site) => void site.write('a.css.gz', 'other'),
  };
  for (const [name, change] of Object.entries(changes)) {
    using site = new TemporarySite();
    site.write('a.css', 'a');
    site.write('a.css.gz', 'z');
    const file = await loadOne(site, 'a.css');
    assert.equal(await isUnchanged(file, site.around), true, name);
    change(site);
    assert.equal(await isUnchanged(file, site.around), false, name);
  }
});

test('isUnchanged() trusts no time stamp of a moment ago', async () => {
  using site = new TemporarySite();
  const nowS = site.clock.nowMs() / 1000;
  site.write('a.css', 'a', nowS - 1);
  site.write('b.css', 'b', nowS - 3);
  site.write('c.css', 'c', nowS + 3600);
  assert.equal(await isUnchanged(await loadOne(site, 'a.css'), site.around), false);
  assert.equal(await isUnchanged(await loadOne(site, 'b.css'), site.around), true);
  assert.equal(await isUnchanged(await loadOne(site, 'c.css'), site.around), false);
});
