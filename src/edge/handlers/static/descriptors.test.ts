import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { test } from 'node:test';
import type { SharedDescriptor } from './descriptors.ts';
import { Descriptors } from './descriptors.ts';
import { compileMounts } from './mount.ts';
import type { Absent } from './open-file.ts';
import type { Representation } from './representation.ts';
import { renderRepresentation } from './representation.ts';
import { TemporarySite } from './temporary-site.ts';

interface Prepared {
  readonly descriptors: Descriptors;
  readonly representation: Representation;
  readonly bugs: unknown[];
  readonly take: () => Promise<SharedDescriptor | string>;
}

async function prepare(site: TemporarySite): Promise<Prepared> {
  const path = site.write('a.bin', 'content');
  const [mount] = compileMounts([{ url: '/', root: site.root, hashed: false }]);
  assert.ok(mount);
  const stats = await site.disk.stat(path);
  const facts = {
    name: 'a.bin',
    coding: 'identity',
    path,
    stats,
    bytes: undefined,
    isNegotiated: false,
    isForced: false,
  } as const;
  const representation = renderRepresentation(facts, mount.folder.rule, site.clock.nowMs());
  const bugs: unknown[] = [];
  const descriptors = new Descriptors(site.around, (error) => bugs.push(error));
  const take = (): Promise<SharedDescriptor | string> =>
    new Promise((resolve) =>
      descriptors.take(representation, { onOpened: resolve, onUnopened: (reason) => resolve(nameOf(reason)) }),
    );
  return { descriptors, representation, bugs, take };
}

function nameOf(reason: Absent | 'changed'): string {
  return reason === 'changed' ? reason : reason.absence;
}

function isOpened(taken: SharedDescriptor | string): asserts taken is SharedDescriptor {
  assert.notEqual(typeof taken, 'string');
}

function countOf(site: TemporarySite, name: string): number {
  return site.calls.filter((call) => call === name).length;
}

test('Descriptors shares one descriptor among responses and closes it after the last', async () => {
  using site = new TemporarySite();
  const { descriptors, take } = await prepare(site);
  const [one, two] = await Promise.all([take(), take()]);
  const three = await take();
  isOpened(one);
  isOpened(two);
  isOpened(three);
  assert.equal(one, two);
  assert.equal(one, three);
  assert.deepEqual([countOf(site, 'open'), descriptors.count], [1, 1]);
  one.release();
  two.release();
  assert.equal(countOf(site, 'close'), 0);
  three.release();
  assert.deepEqual([countOf(site, 'close'), descriptors.count], [1, 0]);
  const again = await take();
  isOpened(again);
  assert.equal(countOf(site, 'open'), 2);
  again.release();
});

test('Descriptors keeps it open for those who wait, even if the first is done at once', async () => {
  using site = new TemporarySite();
  const { descriptors, representation, take } = await prepare(site);
  descriptors.take(representation, { onOpened: (descriptor) => descriptor.release(), onUnopened: () => assert.fail() });
  const second = await take();
  isOpened(second);
  assert.equal(countOf(site, 'close'), 0);
  second.release();
  assert.equal(countOf(site, 'close'), 1);
});

test('Descriptors opens nothing but what was found', async () => {
  using site = new TemporarySite();
  const { descriptors, take } = await prepare(site);
  site.write('a.bin', 'changed');
  assert.deepEqual(await Promise.all([take(), take()]), ['changed', 'changed']);
  assert.deepEqual([countOf(site, 'close'), descriptors.count], [1, 0]);
});

test('Descriptors opens a file that has grown for whoever will do with the bytes that it had', async () => {
  using site = new TemporarySite();
  const { descriptors, representation } = await prepare(site);
  const take = (): Promise<SharedDescriptor | string> =>
    new Promise((resolve) =>
      descriptors.take(representation, { onOpened: resolve, onUnopened: (reason) => resolve(nameOf(reason)) }, true),
    );
  site.write('a.bin', 'content and more');
  const grown = await take();
  isOpened(grown);
  grown.release();
  site.write('a.bin', 'short');
  assert.equal(await take(), 'changed');
  site.write('b.bin', 'another, and longer');
  renameSync(site.path('b.bin'), site.path('a.bin'));
  assert.equal(await take(), 'changed');
});

test('Descriptors says why a file cannot be opened', async () => {
  for (const [code, reason] of [
    ['ENOENT', 'missing'],
    ['EMFILE', 'exhausted'],
    ['EACCES', 'forbidden'],
    ['EIO', 'failed'],
  ] as const) {
    using site = new TemporarySite();
    const { take } = await prepare(site);
    site.failing.set('open', code);
    assert.equal(await take(), reason);
  }
});

test('Descriptors closes what it cannot look at', async () => {
  using site = new TemporarySite();
  const { take } = await prepare(site);
  site.failing.set('fstat', 'EIO');
  assert.equal(await take(), 'failed');
  assert.equal(countOf(site, 'close'), 1);
});

test('Descriptors reports a close that fails', async () => {
  using site = new TemporarySite();
  const { take } = await prepare(site);
  const taken = await take();
  isOpened(taken);
  site.failing.set('close', 'EIO');
  taken.release();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(site.faults, ['static.failed']);
  site.failing.clear();
  await site.disk.close(taken.fd);
});

test('Descriptors contains a bug to those who asked', async () => {
  using site = new TemporarySite();
  const { take, bugs } = await prepare(site);
  site.before.set('open', () => {
    throw new TypeError('bug');
  });
  assert.equal(await take(), 'failed');
  assert.equal(bugs.length, 1);
});
