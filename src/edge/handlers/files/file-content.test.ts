import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import type { FakeResponse } from '../static/fake-exchange.ts';
import { STATIC_LIMITS } from '../static/limits.ts';
import { TemporarySite, WRITTEN_S } from '../static/temporary-site.ts';
import type { FakeLocation } from './fake-location.ts';
import { FakeFiles } from './fake-location.ts';

async function answer(files: FakeFiles, path: string, request: object = {}): Promise<FakeResponse> {
  const response = await files.get(path, request);
  assert.ok(typeof response === 'object', 'the request was sent elsewhere');
  return response;
}

async function status(files: FakeFiles, path: string, request: object = {}): Promise<number> {
  return (await answer(files, path, request)).status;
}

test("a file has nginx's fields", async () => {
  using site = new TemporarySite();
  site.write('a.html', 'body');
  const files = new FakeFiles(site);
  const { fields, body, length } = await answer(files, '/a.html');
  assert.deepEqual(Object.fromEntries(fields), {
    etag: `"${WRITTEN_S.toString(16)}-4"`,
    'last-modified': 'Sat, 01 Jun 2024 00:00:00 GMT',
    'accept-ranges': 'bytes',
    'content-type': 'text/html',
  });
  assert.deepEqual([body, length], ['body', 4]);
});

test('a file that was served a moment ago is served again without a system call', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'body');
  const files = new FakeFiles(site);
  await answer(files, '/a.html');
  const calls = site.calls.length;
  assert.equal((await answer(files, '/a.html')).body, 'body');
  assert.equal(site.calls.length, calls);
});

test('a scope may want files to be looked at each time', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'old');
  const files = new FakeFiles(site, { files: { cacheMs: 0 } });
  await answer(files, '/a.html');
  site.write('b.html', 'new');
  renameSync(site.path('b.html'), site.path('a.html'));
  assert.equal((await answer(files, '/a.html')).body, 'new');
  assert.equal(await status(files, '/b.html'), 404);
  site.write('b.html', 'b');
  assert.equal(await status(files, '/b.html'), 200);
});

test('a scope may trust what was found for longer', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'old');
  const files = new FakeFiles(site, { files: { cacheMs: 60_000 } });
  await answer(files, '/a.html');
  site.write('a.html', 'newer');
  site.clock.advance(59_000);
  assert.equal((await answer(files, '/a.html')).body, 'old');
  site.clock.advance(1000);
  assert.equal((await answer(files, '/a.html')).body, 'newer');
});

test('only GET, HEAD and POST are for files, and a file takes no POST', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'body');
  mkdirSync(site.path('folder'));
  const files = new FakeFiles(site);
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    assert.equal(await status(files, '/a.html', { method }), 405, method);
    assert.equal(await status(files, '/folder/', { method }), 405, method);
  }
  for (const _ of ['from disk', 'from memory']) {
    assert.equal(await status(files, '/a.html', { method: 'POST' }), 405);
    assert.equal(await status(files, '/folder', { method: 'POST' }), 301);
    assert.equal(await status(files, '/none', { method: 'POST' }), 404);
  }
  const head = await answer(files, '/a.html', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body, head.length], [200, '', 4]);
});

test('a folder without its slash is redirected to', async () => {
  using site = new TemporarySite();
  mkdirSync(site.path('folder'));
  const files = new FakeFiles(site);
  const redirect = await answer(files, '/folder', { query: 'a=1' });
  assert.deepEqual([redirect.status, redirect.fields.get('location')], [301, '/folder/?a=1']);
});

test('what is missing, forbidden or no file is refused as by nginx', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'body');
  symlinkSync('loop', site.path('loop'));
  assert.equal(spawnSync('mkfifo', [site.path('fifo')]).status, 0);
  symlinkSync('/dev/null', site.path('device'));
  const files = new FakeFiles(site);
  const expected = {
    '/none': 404,
    '/a.html/x': 404,
    [`/${'x'.repeat(300)}`]: 404,
    [`/${'x/'.repeat(3000)}x`]: 404,
    '/a\0.html': 404,
    '/fifo': 404,
    '/device': 404,
    '/loop': 403,
  };
  for (const [path, wanted] of Object.entries(expected)) {
    assert.equal(await status(files, path), wanted, path.slice(0, 20));
  }
  site.failing.set('open', 'EACCES');
  assert.equal(await status(files, '/a.html'), 403);
});

test('the error log says why a file is not served, and not what is missing if that is not wanted', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'body');
  const loud = new FakeFiles(site);
  const quiet = new FakeFiles(site, { files: { logsMissing: false } });
  await status(loud, '/no"ne');
  await status(quiet, '/none');
  site.failing.set('open', 'EACCES');
  await status(quiet, '/a.html');
  assert.deepEqual(loud.said, [`error open() "${site.root}/no\\x22ne" failed (2: No such file or directory)`]);
  assert.deepEqual(quiet.said, [`error open() "${site.path('a.html')}" failed (13: Permission denied)`]);
});

test('hidden names and links are served, unless the scope says otherwise', async () => {
  using site = new TemporarySite();
  site.write('.env', 'e');
  site.write('.well-known/a', 'w');
  symlinkSync('.env', site.path('link'));
  const files = new FakeFiles(site);
  assert.deepEqual([await status(files, '/.env'), await status(files, '/link')], [200, 200]);
  const careful = new FakeFiles(site, { files: { servesHidden: false, symlinks: { kind: 'none', from: undefined } } });
  assert.deepEqual(
    [await status(careful, '/.env'), await status(careful, '/.well-known/a'), await status(careful, '/link')],
    [404, 200, 403],
  );
  assert.equal(await status(careful, '/.well-known/.x'), 404);
});

test('links may begin to count behind a part of the path that a variable says', async () => {
  using site = new TemporarySite();
  site.write('real/a.html', 'a');
  symlinkSync('real', site.path('link'));
  const from = (name: string): FakeLocation => ({
    files: { path: site.path('link'), symlinks: { kind: 'none', from: [{ variable: 'from' }] } },
    variables: { from: site.path(name) },
  });
  assert.equal(await status(new FakeFiles(site, from('link')), '/a.html'), 200);
  assert.equal(await status(new FakeFiles(site, from('other')), '/a.html'), 404);
});

test('an alias stands for the prefix of its location', async () => {
  using site = new TemporarySite();
  site.write('x/a.html', 'a');
  site.write('secret', 's');
  const alias = { kind: 'alias', path: `${site.path('x')}/` } as const;
  const files = new FakeFiles(site, { text: '/i/', files: alias });
  assert.equal((await answer(files, '/i/a.html')).body, 'a');
  // A rewrite has led out of the location.
  assert.equal(await status(files, '/other/a.html'), 500);
  // A location without its slash lets `/i../` out of the alias that has one: nginx serves that. The pipeline's path is normal, so the dots are in a name.
  const careless = new FakeFiles(site, { text: '/i', files: alias });
  assert.equal((await answer(careless, '/i/a.html')).body, 'a');
  for (const path of ['/i../secret', '/i../', '/i..']) {
    assert.equal(await status(careless, path), 404, path);
  }
  assert.match(careless.said[0] ?? '', /^error "\/i..\/secret" leads out of the root or alias of its location$/);
});

test('a path that a rewrite or a root that variables have made leads nowhere upwards', async () => {
  using site = new TemporarySite();
  site.write('www/one/a.html', 'a');
  site.write('secret', 's');
  const rewritten = new FakeFiles(site, { files: { path: site.path('www') } });
  assert.equal(await status(rewritten, '/../secret'), 404);
  assert.equal(await status(rewritten, '/one/..'), 404);
  const below = (path: string, dir: string): FakeFiles =>
    new FakeFiles(site, { files: { path: [path, { variable: 'dir' }] }, variables: { dir } });
  assert.equal((await answer(below(`${site.path('www')}/`, 'one'), '/a.html')).body, 'a');
  assert.equal(await status(below(`${site.path('www')}/`, '..'), '/secret'), 404);
  assert.equal(await status(below(`${site.path('www')}/`, 'one/../..'), '/secret'), 404);
  // The configuration itself may say so.
  assert.equal((await answer(below(`${site.path('www')}/../www/`, 'one'), '/a.html')).body, 'a');
});

test('an alias takes the media type of the path in the URL', async () => {
  using site = new TemporarySite();
  site.write('icon.html', 'a');
  const exact = { kind: 'exact', text: '/fav.css', files: { kind: 'alias', path: site.path('icon.html') } } as const;
  assert.equal((await answer(new FakeFiles(site, exact), '/fav.css')).fields.get('content-type'), 'text/css');
});

test('an alias of a location of a regex is the whole path', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'a');
  const files = new FakeFiles(site, {
    kind: 'regex',
    text: '^/i/(.*)$',
    files: { kind: 'alias', path: [`${site.root}/`, { capture: 1 }] },
    variables: { 1: 'a.html' },
  });
  assert.equal((await answer(files, '/i/a.html')).body, 'a');
});

test('a root may be made of variables, and is not the root of the system where they are empty', async () => {
  using site = new TemporarySite();
  site.write('one/a.html', 'one');
  const root = [{ variable: 'root' }] as const;
  const files = (variables: Record<string, string>): FakeFiles =>
    new FakeFiles(site, { files: { path: root }, variables });
  assert.equal((await answer(files({ root: site.path('one') }), '/a.html')).body, 'one');
  assert.equal(await status(files({ root: '' }), '/etc/passwd'), 500);
});

test('compressed files are chosen where the client takes them, and Vary says so if that is wanted', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'plain text');
  site.write('a.html.gz', 'gz');
  site.write('b.html.gz', 'gz');
  const precompressed = { gzip: 'on', brotli: 'off', zstd: 'off' } as const;
  const gzipClients = { versionMin: '1.1', proxied: ['off'], disabledFor: [] } as const;
  const compressions = { codings: [], varies: true, gzipClients, decompresses: false, precompressed };
  const scope: NonNullable<FakeLocation['scope']> = { compressions };
  const files = new FakeFiles(site, { scope });
  const gzip = { fields: [['Accept-Encoding', 'gzip']] };
  const compressed = await answer(files, '/a.html', gzip);
  assert.deepEqual(
    ['content-encoding', 'vary', 'content-type', 'etag'].map((name) => compressed.fields.get(name)),
    ['gzip', 'Accept-Encoding', 'text/html', `"${WRITTEN_S.toString(16)}-2"`],
  );
  const plain = await answer(files, '/a.html');
  assert.deepEqual([plain.body, plain.fields.get('vary')], ['plain text', 'Accept-Encoding']);
  assert.equal((await answer(files, '/a.html', { fields: [['Accept-Encoding', 'identity;q=0']] })).body, 'plain text');
  const unreadable = await answer(files, '/b.html');
  assert.deepEqual([unreadable.status, unreadable.fields.get('vary')], [404, 'Accept-Encoding']);
  assert.deepEqual(
    [await status(files, '/b.html', gzip), await status(files, '/b.html', { method: 'POST' })],
    [200, 404],
  );
  const throughProxy = { fields: [...gzip.fields, ['Via', '1.1 a']] };
  assert.equal((await answer(files, '/a.html', throughProxy)).body, 'plain text');
  const always = { compressions: { ...compressions, precompressed: { ...precompressed, gzip: 'always' } } } as const;
  const forced = await answer(new FakeFiles(site, { scope: always }), '/b.html');
  assert.deepEqual([forced.body, forced.fields.get('vary')], ['gz', undefined]);
});

test('conditions and ranges are read as nginx reads them', async () => {
  using site = new TemporarySite();
  site.write('a.txt', '0123456789');
  site.write('large.txt', Buffer.alloc(STATIC_LIMITS.memoryFileBytesMax + 10, 'abcdefgh'));
  const files = new FakeFiles(site);
  const modified = 'Sat, 01 Jun 2024 00:00:00 GMT';
  const unchanged = await answer(files, '/a.txt', { fields: [['If-Modified-Since', modified]] });
  assert.deepEqual(
    [unchanged.status, unchanged.fields.get('last-modified'), unchanged.fields.get('content-type')],
    [304, modified, undefined],
  );
  assert.equal(
    await status(files, '/a.txt', { fields: [['If-Modified-Since', 'Sat, 01 Jun 2030 00:00:00 GMT']] }),
    200,
  );
  const bad = await answer(files, '/a.txt', { fields: [['Range', 'bytes=x']] });
  assert.deepEqual([bad.status, bad.fields.get('content-range')], [416, 'bytes */10']);
  const head = await answer(files, '/a.txt', { method: 'HEAD', fields: [['Range', 'bytes=0-3']] });
  assert.deepEqual([head.status, head.length], [206, 4]);
  const large = await answer(files, '/large.txt', { fields: [['Range', 'bytes=0-1,-2']] });
  assert.deepEqual([large.status, large.body.includes('\r\n\r\nab\r\n')], [206, true]);
  const none = new FakeFiles(site, { files: { rangesMax: 0, hasEtag: false, ifModifiedSince: 'off' } });
  const whole = await answer(none, '/a.txt', { fields: [['Range', 'bytes=0-3']] });
  assert.deepEqual(
    [whole.status, whole.fields.get('accept-ranges'), whole.fields.get('etag')],
    [200, undefined, undefined],
  );
  assert.equal(await status(none, '/a.txt', { fields: [['If-Modified-Since', modified]] }), 200);
});

test('a file that filters may change is left whole to the filter of ranges', async () => {
  using site = new TemporarySite();
  site.write('a.txt', '0123456789');
  const scope = { charset: {} } as unknown as NonNullable<FakeLocation['scope']>;
  const files = new FakeFiles(site, { scope });
  const whole = await answer(files, '/a.txt', { fields: [['Range', 'bytes=0-3']] });
  assert.deepEqual([whole.status, whole.body], [200, '0123456789']);
});

test('media types go by what stands behind the last dot, in either case', async () => {
  using site = new TemporarySite();
  const types = { html: 'text/html', gz: 'application/gzip' };
  const files = new FakeFiles(site, { types });
  const expected = {
    'a.html': 'text/html',
    'a.HTML': 'text/html',
    'a.tar.gz': 'application/gzip',
    'a.b/html': 'application/octet-stream',
    '.html': 'application/octet-stream',
    'x/.html': 'application/octet-stream',
    html: 'application/octet-stream',
    'a.': 'application/octet-stream',
    'a.constructor': 'application/octet-stream',
  };
  for (const [name, type] of Object.entries(expected)) {
    site.write(name, 'a');
    assert.equal((await answer(files, `/${name}`)).fields.get('content-type'), type, name);
  }
});
