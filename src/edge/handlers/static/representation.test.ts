import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StaticFolder } from '../../../config/model/folders.ts';
import type { Coding } from './encodings.ts';
import type { FileStats } from './file-stats.ts';
import { compileMounts } from './mount.ts';
import type { Representation } from './representation.ts';
import { renderRepresentation } from './representation.ts';

const MODIFIED_MS = Date.UTC(2025, 0, 1);
const STATS: FileStats = { dev: 1n, ino: 2n, size: 10n, mtimeNs: BigInt(MODIFIED_MS) * 1_000_000n + 5n, ctimeNs: 4n };

interface Given {
  readonly name?: string;
  readonly coding?: Coding;
  readonly stats?: FileStats;
  readonly isNegotiated?: boolean;
  readonly mount?: Partial<StaticFolder>;
  readonly nowMs?: number;
}

function render({
  name = 'a.css',
  coding = 'identity',
  stats = STATS,
  isNegotiated = false,
  mount,
  nowMs = MODIFIED_MS * 2,
}: Given): Representation {
  const [compiled] = compileMounts([{ url: '/', root: '/srv', hashed: true, ...mount }]);
  assert.ok(compiled);
  return renderRepresentation(
    { name, coding, path: `/srv/${name}`, stats, bytes: undefined, isNegotiated, isForced: false },
    compiled.folder.rule,
    nowMs,
  );
}

test('renderRepresentation() makes the heads of 200 and 304', () => {
  const { whole, notModified, etag } = render({});
  assert.deepEqual(whole.fields.text.split('\r\n'), [
    'Content-Type: text/css; charset=utf-8',
    `ETag: ${etag}`,
    'Cache-Control: no-cache',
    'Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT',
    'Accept-Ranges: bytes',
    'X-Content-Type-Options: nosniff',
    '',
  ]);
  assert.equal(notModified.fields.text, `ETag: ${etag}\r\nCache-Control: no-cache\r\n`);
  assert.deepEqual([whole.status, notModified.status], [200, 304]);
});

test('renderRepresentation() names the coding and, where there is a choice, what it depends on', () => {
  assert.match(render({ coding: 'br', isNegotiated: true }).whole.fields.text, /Content-Encoding: br\r\n/);
  assert.match(render({ isNegotiated: true }).whole.fields.text, /Vary: Accept-Encoding\r\n/);
  assert.match(render({ isNegotiated: true }).notModified.fields.text, /Vary: Accept-Encoding\r\n/);
  assert.doesNotMatch(render({}).whole.fields.text, /Vary|Content-Encoding/);
});

test('renderRepresentation() gives each content and coding a strong tag of its own', () => {
  const tags = [
    render({}),
    render({ coding: 'br' }),
    render({ coding: 'gzip' }),
    render({ stats: { ...STATS, mtimeNs: STATS.mtimeNs + 1n } }),
    render({ stats: { ...STATS, size: 11n } }),
  ].map(({ etag }) => etag);
  assert.equal(new Set(tags).size, tags.length);
  for (const tag of tags) {
    assert.match(tag, /^"[a-z0-9-]+"$/);
  }
  // A copy on another machine.
  assert.equal(render({ stats: { ...STATS, ino: 9n, dev: 9n, ctimeNs: 9n } }).etag, tags[0]);
});

test('renderRepresentation() lets hashed names be kept for good, if the mount has such', () => {
  const immutable = 'Cache-Control: public, max-age=31536000, immutable\r\n';
  const name = 'css/a.0123456789ab.css';
  assert.ok(render({ name }).whole.fields.text.includes(immutable));
  assert.ok(render({ name }).notModified.fields.text.includes(immutable));
  assert.ok(!render({ name, mount: { hashed: false } }).whole.fields.text.includes(immutable));
  assert.ok(!render({ name: 'a.css' }).whole.fields.text.includes(immutable));
  assert.match(render({ mount: { cacheControl: 'max-age=60' } }).whole.fields.text, /Cache-Control: max-age=60\r\n/);
});

test('renderRepresentation() never says that a file will be modified later, RFC 9110 8.8.2.1', () => {
  const { lastModified, modifiedS } = render({ nowMs: MODIFIED_MS - 86_400_000 });
  assert.equal(lastModified, 'Tue, 31 Dec 2024 00:00:00 GMT');
  assert.equal(modifiedS, MODIFIED_MS / 1000 - 86_400);
});
