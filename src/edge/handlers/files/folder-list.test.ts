import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Autoindex } from '../../../config/model/files.ts';
import { TemporarySite, WRITTEN_S } from '../static/temporary-site.ts';
import type { FakeLocation } from './fake-location.ts';
import { FakeFiles } from './fake-location.ts';
import { FILES_LIMITS } from './limits.ts';

const HTML: Autoindex = { format: 'html', hasExactSize: true, isLocalTime: false };

async function list(site: TemporarySite, manner: Partial<Autoindex> = {}, query = ''): Promise<string> {
  const files = new FakeFiles(site, { files: { autoindex: { ...HTML, ...manner } } });
  const answered = await files.get('/', { query });
  assert.ok(typeof answered === 'object');
  assert.equal(answered.status, 200);
  return answered.body;
}

/** What stands between the head of the page and its end. */
async function lines(site: TemporarySite, manner: Partial<Autoindex> = {}): Promise<readonly string[]> {
  const page = await list(site, manner);
  assert.ok(
    page.startsWith(
      '<html>\r\n<head><title>Index of /</title></head>\r\n<body>\r\n<h1>Index of /</h1><hr><pre><a href="../">../</a>\r\n',
    ),
  );
  assert.ok(page.endsWith('</pre><hr></body>\r\n</html>\r\n'));
  return page
    .slice(page.indexOf('../</a>\r\n') + 9, page.indexOf('</pre>'))
    .split('\r\n')
    .slice(0, -1);
}

function makeFolder(site: TemporarySite, name: string): void {
  mkdirSync(site.path(name));
  utimesSync(site.path(name), WRITTEN_S, WRITTEN_S);
}

test('a list has folders first, and no hidden names', async () => {
  using site = new TemporarySite();
  site.write('b.txt', 'x'.repeat(1234));
  site.write('B.txt', 'x');
  site.write('.hidden', 'x');
  makeFolder(site, 'z');
  assert.deepEqual(await lines(site), [
    `<a href="z/">z/</a>${' '.repeat(48)} 01-Jun-2024 00:00                   -`,
    `<a href="B.txt">B.txt</a>${' '.repeat(45)} 01-Jun-2024 00:00                   1`,
    `<a href="b.txt">b.txt</a>${' '.repeat(45)} 01-Jun-2024 00:00                1234`,
  ]);
});

test('sizes may be round', async () => {
  using site = new TemporarySite();
  makeFolder(site, 'z');
  site.write('a', Buffer.alloc(9999));
  site.write('b', Buffer.alloc(10_000));
  site.write('c', Buffer.alloc(1024 * 1024 + 600 * 1024));
  const sizes = (await lines(site, { hasExactSize: false })).map((line) => line.slice(-8));
  assert.deepEqual(sizes, ['       -', '    9999', '     10K', '      2M']);
});

test('names are escaped in a list, once for the link and once for the page', async () => {
  using site = new TemporarySite();
  site.write('a&b <c>"?#%:.txt', '');
  const [line = ''] = await lines(site);
  assert.match(line, /^<a href="a%26b%20%3Cc%3E%22%3F%23%25%3A\.txt">a&amp;b &lt;c&gt;&quot;\?#%:\.txt<\/a> /);
});

test('long names are cut, by characters where the page is UTF-8', async () => {
  using site = new TemporarySite();
  const [fits, long, accented] = ['f'.repeat(50), 'l'.repeat(51), 'é'.repeat(50)];
  for (const name of [fits, long, accented]) {
    site.write(name, '');
  }
  const shown = (all: readonly string[]): readonly string[] => all.map((line) => />(.*?)<\/a>/.exec(line)?.[1] ?? '');
  const bytes = Buffer.from(accented).toString('latin1');
  assert.deepEqual(shown(await lines(site)), [fits, `${'l'.repeat(47)}..&gt;`, `${bytes.slice(0, 47)}..&gt;`]);
  const scope = { charset: { charset: 'utf-8' } } as unknown as NonNullable<FakeLocation['scope']>;
  const files = new FakeFiles(site, { scope, files: { autoindex: HTML } });
  const answered = await files.get('/');
  assert.ok(typeof answered === 'object' && answered.body.includes(`>${bytes}</a> `));
});

test('a list may be JSON', async () => {
  using site = new TemporarySite();
  site.write('a"b\\.txt', 'xyz');
  makeFolder(site, 'z');
  symlinkSync('nothing', site.path('dangling'));
  const found = JSON.parse(await list(site, { format: 'json' })) as readonly Readonly<Record<string, unknown>>[];
  assert.deepEqual(found[0], { name: 'z', type: 'directory', mtime: 'Sat, 01 Jun 2024 00:00:00 GMT' });
  assert.deepEqual(found[1], { name: 'a"b\\.txt', type: 'file', mtime: 'Sat, 01 Jun 2024 00:00:00 GMT', size: 3 });
  assert.equal(found[2]?.['type'], 'other');
  using empty = new TemporarySite();
  assert.equal(await list(empty, { format: 'json' }), '[\r\n]');
});

test('a list may be a call of a function that the client names', async () => {
  using site = new TemporarySite();
  const manner = { format: 'jsonp' } as const;
  assert.equal(await list(site, manner, 'a=1&callback=show.it_1'), '/* callback */\r\nshow.it_1([\r\n]);');
  assert.equal(await list(site, manner, 'callback='), '[\r\n]');
  const files = new FakeFiles(site, { files: { autoindex: { ...HTML, ...manner } } });
  for (const callback of ['alert(1)', '%61', 'x'.repeat(129), 'a-b']) {
    const refused = await files.get('/', { query: `callback=${callback}` });
    assert.ok(typeof refused === 'object' && refused.status === 400, callback);
  }
});

test('a list may be XML', async () => {
  using site = new TemporarySite();
  site.write('<a>.txt', 'xyz');
  makeFolder(site, 'z');
  assert.equal(
    await list(site, { format: 'xml' }),
    '<?xml version="1.0"?>\r\n<list>\r\n<directory mtime="2024-06-01T00:00:00Z">z</directory>\r\n<file mtime="2024-06-01T00:00:00Z" size="3">&lt;a&gt;.txt</file>\r\n</list>\r\n',
  );
});

test('a list is asked for by GET and HEAD, where there is no index', async () => {
  using site = new TemporarySite();
  makeFolder(site, 'z');
  const files = new FakeFiles(site, { files: { autoindex: HTML } });
  const head = await files.get('/', { method: 'HEAD' });
  assert.ok(typeof head === 'object');
  assert.deepEqual([head.status, head.fields.get('content-type')], [200, 'text/html']);
  const post = await files.get('/', { method: 'POST' });
  assert.ok(typeof post === 'object' && post.status === 403);
  const missing = await files.get('/none/');
  assert.ok(typeof missing === 'object' && missing.status === 404);
  site.write('z/index.html', 'i');
  assert.equal(await files.get('/z/'), '-> /z/index.html');
});

test('a folder of many files is listed without holding the event loop', async () => {
  using site = new TemporarySite();
  for (let count = 0; count < 6000; count += 1) {
    writeFileSync(site.path(`f${String(count).padStart(5, '0')}`), '');
  }
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  const names = (await lines(site)).map((line) => /href="(.*?)"/.exec(line)?.[1]);
  clearInterval(timer);
  assert.equal(names.length, 6000);
  assert.ok(names.every((name, at) => at === 0 || String(names[at - 1]) < String(name)));
  assert.ok(ticks >= 3, `the loop went round ${ticks} times`);
});

test('who asks for a folder that is being read waits for the same list', async () => {
  using site = new TemporarySite();
  site.write('a', '');
  const files = new FakeFiles(site, { files: { autoindex: HTML } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => files.get('/')));
  assert.equal(new Set(answers.map((answer) => (typeof answer === 'object' ? answer.body : answer))).size, 1);
});

test('a list counts as on its way until its request is over', async () => {
  using site = new TemporarySite();
  site.write('a', '');
  const files = new FakeFiles(site, { files: { autoindex: HTML } });
  const hold = files.server.folderReads.leave(Buffer.alloc(FILES_LIMITS.listsLeavingBytesMax - 300));
  const statusOf = async (): Promise<number | string> => {
    const answered = await files.get('/');
    return typeof answered === 'object' ? answered.status : answered;
  };
  assert.equal(await statusOf(), 200);
  assert.equal(await statusOf(), 503);
  assert.match(files.said[0] ?? '', /^warn lists of more than \d+ bytes wait for clients that do not take them$/);
  files.overs[0]?.();
  assert.equal(await statusOf(), 200);
  hold?.();
});

test('no folder is listed to which a link leads out of the root, where links stay inside', async () => {
  using site = new TemporarySite();
  site.write('www/a', '');
  site.write('www/inner/b', '');
  site.write('secret/key', '');
  symlinkSync('../secret', site.path('www/out'));
  symlinkSync('inner', site.path('www/within'));
  const root = site.path('www');
  const files = new FakeFiles(site, { files: { path: root, autoindex: HTML, symlinks: { kind: 'inside' } } });
  const statusOf = async (path: string): Promise<number | string> => {
    const answered = await files.get(path);
    return typeof answered === 'object' ? answered.status : answered;
  };
  assert.deepEqual(
    await Promise.all(['/', '/inner/', '/within/', '/out/', '/out'].map(statusOf)),
    [200, 200, 200, 404, 404],
  );
  // A folder that may be searched and not read has its files and no list.
  chmodSync(site.path('www/inner'), 0o711);
  assert.equal(await statusOf('/inner'), 301);
});
