import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { test } from 'node:test';
import type { StaticFolder } from '../../../config/model/folders.ts';
import type { Exchange, Handler } from '../../../protocol/http/exchange.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { StaticCounts } from './counts.ts';
import { newStaticCounts } from './counts.ts';
import type { FakeRequest, FakeResponse } from './fake-exchange.ts';
import { FakeExchange } from './fake-exchange.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { StaticOptions } from './static.ts';
import { compileStatic } from './static.ts';
import { TemporarySite } from './temporary-site.ts';

const LARGE = Buffer.alloc(STATIC_LIMITS.memoryFileBytesMax + 10, 'abcdefgh');

interface Served {
  readonly handler: Handler;
  readonly counts: StaticCounts;
  readonly get: (path: string, request?: Omit<FakeRequest, 'path'>) => Promise<FakeResponse>;
}

function serve(site: TemporarySite, mount: Partial<StaticFolder> = {}, options: Partial<StaticOptions> = {}): Served {
  const counts = newStaticCounts();
  const mounts = [{ url: '/static/', root: site.root, hashed: true, ...mount }];
  const handler = compileStatic(mounts, { clock: site.clock, log: site.log, counts, disk: site.disk, ...options });
  const get = async (path: string, request: Omit<FakeRequest, 'path'> = {}): Promise<FakeResponse> => {
    const exchange = new FakeExchange({ path, ...request });
    assert.equal(handler(exchange), true);
    return exchange.answered;
  };
  return { handler, counts, get };
}

test('compileStatic() leaves alone what is under no mount', () => {
  using site = new TemporarySite();
  const { handler } = serve(site);
  for (const path of ['/', '/static', '/staticx/a.css', '/other/static/a.css', '*']) {
    assert.equal(handler(new FakeExchange({ path })), false, path);
  }
});

test('compileStatic() asks the mount with the longest URL', async () => {
  using site = new TemporarySite();
  site.write('one/a.css', 'one');
  site.write('two/a.css', 'two');
  const mounts = [
    { url: '/static/', root: site.path('one'), hashed: false },
    { url: '/static/two/', root: site.path('two'), hashed: false },
  ];
  const handler = compileStatic(mounts, { clock: site.clock, log: site.log });
  const exchange = new FakeExchange({ path: '/static/two/a.css' });
  assert.equal(handler(exchange), true);
  assert.equal((await exchange.answered).body, 'two');
});

test('a file is answered from disk once and then from memory at once', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'body{}');
  const { handler, get, counts } = serve(site);
  const first = await get('/static/a.css');
  assert.deepEqual([first.status, first.body], [200, 'body{}']);
  assert.equal(first.fields.get('content-type'), 'text/css; charset=utf-8');
  assert.equal(first.fields.get('cache-control'), 'no-cache');
  assert.equal(first.fields.get('x-content-type-options'), 'nosniff');
  assert.equal(first.fields.get('server'), undefined);
  const callCount = site.calls.length;
  const exchange = new FakeExchange({ path: '/static/a.css' });
  assert.equal(handler(exchange), true);
  assert.deepEqual(exchange.response, first);
  assert.equal(site.calls.length, callCount);
  assert.deepEqual([counts.loaded, counts.hit], [1, 1]);
});

test('a file that changed is served anew after a second', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'old');
  const { get } = serve(site);
  const old = await get('/static/a.css');
  site.write('a.css.new', 'new');
  renameSync(site.path('a.css.new'), site.path('a.css'));
  assert.equal((await get('/static/a.css')).body, 'old');
  site.clock.advance(STATIC_LIMITS.revalidateMs);
  const fresh = await get('/static/a.css');
  assert.equal(fresh.body, 'new');
  assert.equal(fresh.fields.get('etag'), old.fields.get('etag'), 'same time, same size');
  unlinkSync(site.path('a.css'));
  site.clock.advance(STATIC_LIMITS.revalidateMs);
  assert.equal((await get('/static/a.css')).status, 404);
});

test('a client that has the file is told so', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'body{}');
  const { get } = serve(site);
  const { fields } = await get('/static/a.css');
  const etag = fields.get('etag') ?? '';
  const unchanged = await get('/static/a.css', { fields: [['If-None-Match', etag]] });
  assert.deepEqual([unchanged.status, unchanged.length, unchanged.fields.get('etag')], [304, 0, etag]);
  assert.equal(
    (await get('/static/a.css', { fields: [['If-Modified-Since', fields.get('last-modified') ?? '']] })).status,
    304,
  );
  const failed = await get('/static/a.css', { fields: [['If-Match', '"x"']] });
  assert.deepEqual([failed.status, failed.isRefusal], [412, true]);
});

test('ranges come from memory and from disk', async () => {
  using site = new TemporarySite();
  site.write('small.txt', '0123456789');
  site.write('large.bin', LARGE);
  const { get } = serve(site);
  for (const [path, content] of [
    ['small.txt', '0123456789'],
    ['large.bin', LARGE.toString()],
  ] as const) {
    const one = await get(`/static/${path}`, { fields: [['Range', 'bytes=2-4']] });
    assert.deepEqual([one.status, one.body, one.length], [206, content.slice(2, 5), 3]);
    assert.equal(one.fields.get('content-range'), `bytes 2-4/${content.length}`);
    const two = await get(`/static/${path}`, { fields: [['Range', 'bytes=0-1,-2']] });
    assert.equal(two.status, 206);
    const boundary =
      /^multipart\/byteranges; boundary=([0-9a-f]{24})$/.exec(two.fields.get('content-type') ?? '')?.[1] ?? 'none';
    assert.equal(two.body.split(`--${boundary}`).length, 4);
    assert.ok(two.body.includes(`\r\n\r\n${content.slice(-2)}\r\n--${boundary}--\r\n`));
    assert.equal(two.length, two.body.length);
    const none = await get(`/static/${path}`, { fields: [['Range', 'bytes=9999999-']] });
    assert.deepEqual([none.status, none.fields.get('content-range')], [416, `bytes */${content.length}`]);
  }
});

test('HEAD states the length and sends nothing', async () => {
  using site = new TemporarySite();
  site.write('small.txt', '0123456789');
  site.write('large.bin', LARGE);
  const { get } = serve(site);
  for (const [path, length] of [
    ['small.txt', 10],
    ['large.bin', LARGE.length],
  ] as const) {
    const head = await get(`/static/${path}`, { method: 'HEAD', fields: [['Range', 'bytes=0-0']] });
    assert.deepEqual([head.status, head.length, head.body], [200, length, '']);
    assert.deepEqual(head.fields, (await get(`/static/${path}`)).fields);
  }
  assert.equal((await get('/static/none', { method: 'HEAD' })).status, 404);
});

test('compressed siblings are served to those who take them', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'plain text');
  site.write('a.css.br', 'brotli');
  const { get } = serve(site);
  const compressed = await get('/static/a.css', { fields: [['Accept-Encoding', 'gzip, br']] });
  assert.deepEqual([compressed.body, compressed.fields.get('content-encoding')], ['brotli', 'br']);
  assert.equal(compressed.fields.get('content-type'), 'text/css; charset=utf-8');
  assert.equal(compressed.fields.get('vary'), 'Accept-Encoding');
  const plain = await get('/static/a.css', { fields: [['Accept-Encoding', 'gzip']] });
  assert.deepEqual([plain.body, plain.fields.get('content-encoding')], ['plain text', undefined]);
  assert.equal(plain.fields.get('vary'), 'Accept-Encoding');
  assert.notEqual(plain.fields.get('etag'), compressed.fields.get('etag'));
  assert.equal((await get('/static/a.css', { fields: [['Accept-Encoding', '*;q=0']] })).status, 406);
});

test('large files share a descriptor while they are sent, and it is closed', async () => {
  using site = new TemporarySite();
  site.write('large.bin', LARGE);
  const { handler, get } = serve(site);
  await get('/static/large.bin');
  site.calls.length = 0;
  const exchanges = Array.from({ length: 3 }, () => {
    const exchange = new FakeExchange({ path: '/static/large.bin' });
    exchange.holdsBody = true;
    assert.equal(handler(exchange), true);
    return exchange;
  });
  for (const exchange of exchanges) {
    assert.equal((await exchange.answered).body, LARGE.toString());
  }
  assert.deepEqual(site.calls, ['open', 'fstat']);
  for (const exchange of exchanges) {
    exchange.release();
  }
  assert.deepEqual(site.calls, ['open', 'fstat', 'close']);
});

test('a large file replaced between finding and opening is looked up again', async () => {
  using site = new TemporarySite();
  site.write('large.bin', LARGE);
  const { get } = serve(site);
  await get('/static/large.bin');
  site.write('large.bin', Buffer.concat([LARGE, LARGE]));
  assert.equal((await get('/static/large.bin')).length, LARGE.length * 2);
  unlinkSync(site.path('large.bin'));
  assert.equal((await get('/static/large.bin')).status, 404);
});

test('a large file that grows without end is served with the size it had, and so are its ranges', async () => {
  using site = new TemporarySite();
  const path = site.write('large.bin', LARGE);
  const { get } = serve(site);
  site.before.set('open', () => appendFileSync(path, 'more'));
  const whole = await get('/static/large.bin');
  assert.equal(whole.status, 200);
  assert.equal(whole.length, whole.body.length);
  assert.ok(whole.length >= LARGE.length);
  const part = await get('/static/large.bin', { fields: [['Range', 'bytes=-4']] });
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(part.fields.get('content-range') ?? '') ?? [];
  assert.deepEqual([part.status, Number(last) - Number(first), Number(last) + 1], [206, 3, Number(size)]);
  assert.deepEqual(site.logged, []);
});

test('a large file in whose place there is always another is given up', async () => {
  using site = new TemporarySite();
  site.write('large.bin', LARGE);
  const { get, counts } = serve(site);
  site.before.set('open', () => {
    renameSync(site.write('other.bin', LARGE), site.path('large.bin'));
  });
  assert.equal((await get('/static/large.bin')).status, 500);
  assert.equal(counts.failed, 1);
  assert.match(site.logged.join(), /static.unsteady/);
});

test('methods other than GET and HEAD are answered without a look at the disk', async () => {
  using site = new TemporarySite();
  const { get } = serve(site);
  const options = await get('/static/a.css', { method: 'OPTIONS' });
  assert.deepEqual([options.status, options.fields.get('allow')], [204, 'GET, HEAD, OPTIONS']);
  for (const method of ['POST', 'PUT', 'DELETE', 'TRACE', 'get']) {
    const refused = await get('/static/a.css', { method });
    assert.deepEqual(
      [refused.status, refused.fields.get('allow'), refused.isRefusal],
      [405, 'GET, HEAD, OPTIONS', true],
    );
  }
  assert.deepEqual(site.calls, []);
});

test('what is missing is refused, at once if that is known', async () => {
  using site = new TemporarySite();
  const { handler, get, counts } = serve(site);
  assert.equal((await get('/static/none.css')).status, 404);
  const exchange = new FakeExchange({ path: '/static/none.css' });
  assert.equal(handler(exchange), true);
  assert.equal(exchange.response?.status, 404);
  assert.equal(counts.missing, 2);
  assert.deepEqual(site.logged, []);
});

test('faults of the disk are answered, counted and logged', async () => {
  for (const [code, status, name] of [
    ['EACCES', 403, 'forbidden'],
    ['EMFILE', 503, 'exhausted'],
    ['EIO', 500, 'failed'],
  ] as const) {
    using site = new TemporarySite();
    site.write('a.css', 'a');
    site.write('large.bin', LARGE);
    const { get, counts } = serve(site);
    await get('/static/large.bin');
    site.failing.set('open', code);
    const answer = await get('/static/a.css\n');
    assert.equal(answer.status, 404);
    assert.equal((await get('/static/a.css')).status, status);
    assert.equal((await get('/static/large.bin')).status, status);
    assert.equal(counts[name], 2);
    assert.equal(site.logged.length, 1);
    assert.equal((await get('/static/a.css')).fields.get('retry-after'), status === 503 ? '1' : undefined);
    site.failing.clear();
    site.clock.advance(STATIC_LIMITS.missingMs);
    assert.equal((await get('/static/a.css')).status, 200);
  }
});

test('a mount may leave what is missing to the next handler', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  const asked: Exchange[] = [];
  const next: Handler = (exchange) => {
    asked.push(exchange);
    assert.ok(exchange instanceof FakeExchange);
    assert.equal(exchange.watcher, undefined, 'the handler before hears nothing any more');
    exchange.responder.respond({ status: 299, reason: undefined, fields: NO_FIELDS }, undefined);
    return true;
  };
  const { handler, get, counts } = serve(site, { missing: 'next' }, { next });
  assert.equal((await get('/static/a.css')).status, 200);
  assert.equal((await get('/static/none')).status, 299);
  assert.equal(handler(new FakeExchange({ path: '/static/none' })), false, 'known by now');
  assert.equal(handler(new FakeExchange({ path: '/static/a.css', method: 'POST' })), false);
  assert.equal(handler(new FakeExchange({ path: '/static/a.css', method: 'OPTIONS' })), false);
  assert.equal(handler(new FakeExchange({ path: '/static/a.css', hasBody: true })), false);
  assert.deepEqual([asked.length, counts.missing], [1, 2]);
});

test('what the next handler does not want either is refused', async () => {
  using site = new TemporarySite();
  const { get } = serve(site, { missing: 'next' }, { next: () => false });
  assert.equal((await get('/static/none')).status, 404);
});

test('compileStatic() throws for a mount that passes on to nobody', () => {
  using site = new TemporarySite();
  assert.throws(() => serve(site, { missing: 'next' }));
});

test('a directory is redirected to its index', async () => {
  using site = new TemporarySite();
  site.write('docs/index.html', 'docs');
  const { get } = serve(site, { index: 'index.html' });
  const redirect = await get('/static/docs', { query: 'a=b' });
  assert.deepEqual([redirect.status, redirect.fields.get('location')], [301, './docs/?a=b']);
  assert.equal((await get('/static/docs/')).body, 'docs');
});

test('no link leads to what the application decides about', async () => {
  using site = new TemporarySite();
  site.write('private/a.txt', 'a');
  site.write('public/b.txt', 'b');
  symlinkSync('../private/a.txt', site.path('public/to-private'));
  symlinkSync('private', site.path('directory'));
  symlinkSync('b.txt', site.path('public/to-public'));
  const asked = [{ prefix: '/static/private/', suffix: '', spans: 'path' }] as const;
  const next: Handler = ({ responder }) => {
    responder.refuse(403);
    return true;
  };
  const { get } = serve(site, { missing: 'next', asked }, { next });
  assert.equal((await get('/static/public/to-public')).status, 200);
  assert.equal((await get('/static/public/to-private')).status, 403);
  assert.equal((await get('/static/directory/a.txt')).status, 403);
});

test('a redirect to an index never names another host', async () => {
  using site = new TemporarySite();
  site.write('example.com/index.html', 'x');
  const { get } = serve(site, { url: '/', index: 'index.html' });
  assert.equal((await get('//example.com')).fields.get('location'), './example.com/');
});

test('nobody is answered or passed on who is gone', async () => {
  using site = new TemporarySite();
  site.write('large.bin', LARGE);
  const asked: Exchange[] = [];
  const next: Handler = (exchange) => {
    asked.push(exchange);
    return false;
  };
  const { handler, get } = serve(site, { missing: 'next' }, { next });
  await get('/static/large.bin');
  for (const path of ['/static/none', '/static/large.bin']) {
    const gone = new FakeExchange({ path });
    const there = new FakeExchange({ path });
    assert.equal(handler(gone), true);
    assert.equal(handler(there), true);
    assert.equal(gone.watcher?.onClientEnd(), false);
    gone.watcher?.onDrain();
    gone.watcher?.onGone();
    await there.answered;
    assert.equal(gone.response, undefined);
    assert.ok(!asked.includes(gone));
  }
  const [opened, closed] = ['open', 'close'].map((name) => site.calls.filter((call) => call === name).length);
  assert.equal(opened, closed);
});

test('a bug in answering late costs the one exchange', async () => {
  using site = new TemporarySite();
  site.write('a.css', 'a');
  const { handler } = serve(site);
  const exchange = new FakeExchange({ path: '/static/a.css' });
  exchange.respond = () => {
    throw new TypeError('bug');
  };
  const cut = new Promise<void>((resolve) => {
    exchange.cut = resolve;
  });
  const other = new FakeExchange({ path: '/static/a.css' });
  assert.equal(handler(exchange), true);
  assert.equal(handler(other), true);
  await cut;
  assert.equal((await other.answered).status, 200);
  assert.match(site.logged[0] ?? '', /^error static files: TypeError: bug/);
});

test('every probe for what is not to be seen ends with 404', async () => {
  using site = new TemporarySite();
  site.write('.env', 'secret');
  site.write('.git/config', 'secret');
  mkdirSync(site.path('empty'));
  const { get } = serve(site);
  const probes = [
    '.env',
    '.git/config',
    '../root/.env',
    '%2e%2e/x',
    '..%2fx',
    '..\\x',
    '../../../../etc/passwd',
    '....//etc',
    'a\0',
    '',
    'empty',
    'empty/',
    '/etc/passwd',
    '/',
  ];
  for (const probe of probes) {
    assert.equal((await get(`/static/${probe}`)).status, 404, probe);
  }
});

/** Serves in front of an application that only says which path it was asked for, and how. */
function serveBefore(site: TemporarySite, ...mounts: Partial<StaticFolder>[]) {
  const asked: string[] = [];
  const next: Handler = (exchange) => {
    asked.push(`${exchange.method} ${exchange.path}`);
    exchange.responder.respond({ status: 200, reason: undefined, fields: NO_FIELDS }, 'the application');
    return true;
  };
  const folders = mounts.map(
    (mount): StaticFolder => ({ url: '/static/', root: site.root, hashed: false, missing: 'next', ...mount }),
  );
  const handler = compileStatic(folders, { clock: site.clock, log: site.log, disk: site.disk, next });
  const get = async (path: string, request: Omit<FakeRequest, 'path'> = {}): Promise<string> => {
    const exchange = new FakeExchange({ path, ...request });
    if (!handler(exchange)) {
      next(exchange);
    }
    return (await exchange.answered).body;
  };
  return { get, asked };
}

test('what an application claims below its folder is asked of it, whatever the folder holds', async () => {
  using site = new TemporarySite();
  site.write('a.js', 'a');
  site.write('private/a.js', 'private');
  const { get, asked } = serveBefore(site, {
    asked: [{ prefix: '/static/private/', suffix: '', spans: 'path' }],
  });
  assert.equal(await get('/static/a.js'), 'a');
  for (const path of [
    '/static/private/a.js',
    '/static//private/a.js',
    '/static/private//a.js',
    '/static/./private/a.js',
    '/static/x/../private/a.js',
  ]) {
    assert.equal(await get(path), 'the application', path);
  }
  assert.equal(asked.length, 5);
});

test('an application is asked for what may not be read, and for every method but GET and HEAD', async () => {
  using site = new TemporarySite();
  site.write('a.js', 'a');
  const { get, asked } = serveBefore(site, {});
  site.failing.set('open', 'EACCES');
  assert.equal(await get('/static/a.js'), 'the application');
  site.failing.clear();
  for (const method of ['POST', 'OPTIONS', 'DELETE', 'PROPFIND']) {
    assert.equal(await get('/static/a.js', { method }), 'the application');
  }
  assert.equal(await get('/static/a.js', { method: 'GET', hasBody: true }), 'the application');
  assert.equal(asked.length, 6);
});

test('a file that is made a moment later is served within a second', async () => {
  using site = new TemporarySite();
  const { get } = serveBefore(site, { root: site.path('later') });
  assert.equal(await get('/static/a.js'), 'the application');
  site.write('later/a.js', 'a');
  site.clock.advance(STATIC_LIMITS.missingMs);
  assert.equal(await get('/static/a.js'), 'a');
});

test('what is claimed below a folder is claimed also where another one comes before it', async () => {
  using site = new TemporarySite();
  site.write('pre/private/a.js', 'private');
  const asked = [{ prefix: '/static/pre/private/', suffix: '', spans: 'path' as const }];
  const { get } = serveBefore(site, { asked }, { url: '/static/pre/', root: site.path('pre') });
  assert.equal(await get('/static/pre/private/a.js'), 'the application');
});

test('folders of one URL are looked into in their order', async () => {
  using site = new TemporarySite();
  site.write('two/b.js', 'two');
  site.write('two/pre/c.js', 'two');
  site.write('pre/d.js', 'pre');
  const { get } = serveBefore(
    site,
    { root: site.path('one') },
    { root: site.path('two') },
    { url: '/static/pre/', root: site.path('pre') },
  );
  assert.equal(await get('/static/b.js'), 'two');
  assert.equal(await get('/static/pre/c.js'), 'two');
  assert.equal(await get('/static/pre/d.js'), 'pre');
  assert.equal(await get('/static/none.js'), 'the application');
  site.write('one/b.js', 'one');
  site.clock.advance(STATIC_LIMITS.revalidateMs);
  assert.equal(await get('/static/b.js'), 'one');
});

test('a folder given by hand has the last word behind one of the application', async () => {
  using site = new TemporarySite();
  site.write('hand/a.js', 'hand');
  const { get, asked } = serveBefore(
    site,
    { root: site.path('hand'), missing: 'refuse' },
    { url: '/static/pre/', root: site.path('pre') },
  );
  await get('/static/pre/a.js');
  await get('/static/a.js');
  assert.deepEqual(asked, []);
});

test('links lead out of a folder where the framework would follow them', async () => {
  using site = new TemporarySite();
  site.write('../outside.js', 'outside');
  symlinkSync('../outside.js', site.path('a.js'));
  assert.equal(await serveBefore(site, { links: 'anywhere' }).get('/static/a.js'), 'outside');
  assert.equal(await serveBefore(site, { links: 'inside' }).get('/static/a.js'), 'the application');
});
