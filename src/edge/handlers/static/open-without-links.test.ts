import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeDisk } from './disk.ts';
import type { LinkRule } from './folder.ts';
import { openWithoutLinks } from './open-without-links.ts';
import { TemporarySite } from './temporary-site.ts';

type Guarded = Extract<LinkRule, { kind: 'none' | 'owner' }>;

function prepare(site: TemporarySite): void {
  site.write('plain/a.css', 'a');
  symlinkSync('plain', site.path('link'));
  symlinkSync('a.css', site.path('plain/b.css'));
  symlinkSync(site.root, join(site.directory, 'current'));
}

/** `opened`, or the code of the error. */
async function tryOpen(site: TemporarySite, path: string, rule: Guarded): Promise<string> {
  site.calls.length = 0;
  try {
    await site.disk.close(await openWithoutLinks(path, rule, site.disk));
    return 'opened';
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error);
    return String(error.code);
  } finally {
    const opened = site.calls.filter((call) => call === 'open' || call === 'openDirectory').length;
    const closed = site.calls.filter((call) => call === 'close').length;
    assert.ok(opened - closed <= 1, 'every descriptor is closed; at most one call has failed');
  }
}

test('openWithoutLinks() opens what no link leads to', async () => {
  using site = new TemporarySite();
  prepare(site);
  const rule: Guarded = { kind: 'none', from: '' };
  assert.equal(await tryOpen(site, site.path('plain/a.css'), rule), 'opened');
  assert.equal(await tryOpen(site, `${site.root}//plain//a.css`, rule), 'opened');
  assert.equal(await tryOpen(site, site.path('plain'), rule), 'opened');
  assert.equal(await tryOpen(site, `${site.root}/plain/`, rule), 'opened');
});

test('openWithoutLinks() follows no link, neither last nor on the way', async () => {
  using site = new TemporarySite();
  prepare(site);
  const rule: Guarded = { kind: 'none', from: '' };
  assert.equal(await tryOpen(site, site.path('plain/b.css'), rule), 'ELOOP');
  assert.match(await tryOpen(site, site.path('link/a.css'), rule), /ELOOP|ENOTDIR/);
  assert.match(await tryOpen(site, join(site.directory, 'current/plain/a.css'), rule), /ELOOP|ENOTDIR/);
  assert.equal(await tryOpen(site, site.path('plain/none.css'), rule), 'ENOENT');
});

test('openWithoutLinks() does not look at what is said to be safe', async () => {
  using site = new TemporarySite();
  prepare(site);
  const current = join(site.directory, 'current');
  for (const from of [current, `${current}/`]) {
    assert.equal(await tryOpen(site, `${current}/plain/a.css`, { kind: 'none', from }), 'opened', from);
    assert.match(await tryOpen(site, `${current}/link/a.css`, { kind: 'none', from }), /ELOOP|ENOTDIR/, from);
  }
  const link = site.path('plain/b.css');
  assert.equal(await tryOpen(site, link, { kind: 'none', from: link }), 'opened');
  // Only whole names count.
  assert.match(
    await tryOpen(site, `${current}/plain/a.css`, { kind: 'none', from: current.slice(0, -1) }),
    /ELOOP|ENOTDIR/,
  );
});

test('openWithoutLinks() may follow a link of the owner of what it leads to', async () => {
  using site = new TemporarySite();
  prepare(site);
  const rule: Guarded = { kind: 'owner', from: '' };
  assert.equal(await tryOpen(site, site.path('link/b.css'), rule), 'opened');
  const foreign = {
    ...nodeDisk,
    lstat: async (path: string) => Object.assign(await nodeDisk.lstat(path), { uid: 4711n }),
  };
  await assert.rejects(openWithoutLinks(site.path('plain/b.css'), rule, foreign), { code: 'ELOOP' });
  const plain = await openWithoutLinks(site.path('plain/a.css'), rule, foreign);
  await nodeDisk.close(plain);
});
