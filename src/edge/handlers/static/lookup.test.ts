import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StaticCounts } from './counts.ts';
import { newStaticCounts } from './counts.ts';
import type { Folder } from './folder.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Found } from './load-file.ts';
import { FileLookup } from './lookup.ts';
import { compileMounts } from './mount.ts';
import { TemporarySite } from './temporary-site.ts';

interface Prepared {
  readonly lookup: FileLookup;
  readonly folder: Folder;
  readonly counts: StaticCounts;
  readonly bugs: unknown[];
  readonly wait: (path: string) => Promise<Found>;
}

function prepare(site: TemporarySite): Prepared {
  const counts = newStaticCounts();
  const bugs: unknown[] = [];
  const lookup = new FileLookup(site.around, counts, (error) => bugs.push(error));
  const [mount] = compileMounts([{ url: '/static/', root: site.root, hashed: false }]);
  assert.ok(mount);
  const wait = (path: string): Promise<Found> =>
    new Promise((resolve) => lookup.wait(mount.folder, path, { onFound: resolve }));
  return { lookup, folder: mount.folder, counts, bugs, wait };
}

test('FileLookup knows at once what it found a moment ago', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  const { lookup, folder, wait } = prepare(site);
  assert.equal(lookup.find(folder, 'a.css'), undefined);
  const found = await wait('a.css');
  const callCount = site.calls.length;
  assert.equal(lookup.find(folder, 'a.css'), found);
  assert.equal((await wait('b.css')).kind, 'absent');
  assert.equal(lookup.find(folder, 'b.css')?.kind, 'absent');
  assert.ok(callCount > 0);
});

test('FileLookup looks once for all who wait', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  const { wait, counts } = prepare(site);
  const found = await Promise.all([wait('a.css'), wait('a.css'), wait('a.css')]);
  assert.equal(new Set(found).size, 1);
  assert.equal(counts.loaded, 1);
  assert.equal(site.calls.filter((call) => call === 'open').length, 1);
});

test('FileLookup revalidates after a second and keeps what has not changed', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  const { lookup, folder, wait, counts } = prepare(site);
  const found = await wait('a.css');
  site.clock.advance(STATIC_LIMITS.revalidateMs);
  assert.equal(lookup.find(folder, 'a.css'), undefined);
  assert.equal(await wait('a.css'), found);
  assert.deepEqual([counts.loaded, counts.revalidated], [1, 1]);
  assert.equal(lookup.find(folder, 'a.css'), found);
  site.write('a.css', 'b');
  assert.equal(lookup.find(folder, 'a.css'), found);
  site.clock.advance(STATIC_LIMITS.revalidateMs);
  assert.notEqual(await wait('a.css'), found);
  assert.equal(counts.loaded, 2);
});

test('FileLookup forgets when told', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  const { lookup, folder, wait } = prepare(site);
  await wait('a.css');
  lookup.forget(folder, 'a.css');
  assert.equal(lookup.find(folder, 'a.css'), undefined);
});

test('FileLookup looks at a few paths at a time and at all in the end', async () => {
  using site = new TemporarySite();
  const { wait } = prepare(site);
  const count = STATIC_LIMITS.loadsRunningMax * 2;
  const waiting = Array.from({ length: count }, (_, index) => wait(`${index}`));
  assert.equal(site.calls.length, STATIC_LIMITS.loadsRunningMax);
  assert.equal((await Promise.all(waiting)).length, count);
});

test('FileLookup refuses when too many wait', async () => {
  using site = new TemporarySite();
  const { wait } = prepare(site);
  const waiting = Array.from({ length: STATIC_LIMITS.waitingMax }, () => wait('a'));
  assert.deepEqual(await wait('a'), { kind: 'absent', absence: 'exhausted', code: '', isThere: false });
  assert.deepEqual(site.faults, ['static.overloaded']);
  await Promise.all(waiting);
  assert.deepEqual(await wait('a'), { kind: 'absent', absence: 'missing', code: 'ENOENT', isThere: false });
});

test('FileLookup contains a bug to those who asked', async () => {
  using site = new TemporarySite();
  const { wait, bugs } = prepare(site);
  site.before.set('stat', () => {
    throw new TypeError('bug');
  });
  assert.deepEqual(await wait('a'), { kind: 'absent', absence: 'failed', code: '', isThere: false });
  assert.equal(bugs.length, 1);
  site.before.clear();
  assert.deepEqual(await wait('a'), { kind: 'absent', absence: 'missing', code: 'ENOENT', isThere: false });
});
