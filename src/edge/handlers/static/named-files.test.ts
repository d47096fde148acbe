import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { parseWorkerHead } from '../../../gateway/lanes/response-head.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { FakeRequest, FakeResponse } from './fake-exchange.ts';
import { FakeExchange } from './fake-exchange.ts';
import { STATIC_LIMITS } from './limits.ts';
import { NamedFiles } from './named-files.ts';
import { TemporarySite } from './temporary-site.ts';

const LARGE = Buffer.alloc(STATIC_LIMITS.memoryFileBytesMax + 10, 'abcdefgh');

interface Named {
  readonly files: NamedFiles;
  /** `fields`: name, value, name, value … of the application's answer. */
  readonly send: (fields: readonly string[], request?: Partial<FakeRequest>, status?: string) => Promise<FakeResponse>;
}

const TIMES = { queueMs: 1, appMs: 2 };

function prepare(site: TemporarySite): Named {
  const folders = [
    { url: '/protected/', root: site.root },
    { url: '', root: site.root },
  ];
  const files = new NamedFiles(folders, { clock: site.clock, log: site.log, disk: site.disk });
  const send = (fields: readonly string[], request: Partial<FakeRequest> = {}, status = '200 OK') => {
    const exchange = new FakeExchange({ path: '/page', ...request });
    const head = parseWorkerHead([status, ...fields].join('\0'));
    assert.ok(head?.namedFile !== undefined);
    assert.ok(files.takes(exchange, head.namedFile));
    files.send(exchange, head, TIMES);
    assert.ok(exchange.watcher === undefined || exchange.watcher.times === TIMES, 'they are logged all the same');
    return exchange.answered;
  };
  return { files, send };
}

test('NamedFiles sends what is named with the fields of the application and validators of the file', async () => {
  using site = new TemporarySite();
  site.write('a b.pdf', 'the file');
  site.write('a b.pdf.gz', 'not this');
  const { send } = prepare(site);
  const own = [
    'Content-Encoding',
    'None',
    'Content-Type',
    'application/x-own',
    'Set-Cookie',
    'a=1',
    'ETag',
    '"own"',
    'content-length',
    '0',
  ];
  for (const name of [
    ['X-Accel-Redirect', '/protected/a%20b.pdf?x'],
    ['x-sendfile', site.path('a b.pdf')],
  ]) {
    const answer = await send([...own, ...name], { fields: [['Accept-Encoding', 'gzip, identity;q=0']] });
    assert.deepEqual([answer.status, answer.body, answer.isRefusal], [200, 'the file', false]);
    assert.equal(answer.fields.get('content-type'), 'application/x-own');
    assert.equal(answer.fields.get('set-cookie'), 'a=1');
    assert.match(answer.fields.get('etag') ?? '', /^"\w+-\w+"$/);
    assert.equal(answer.fields.get('accept-ranges'), 'bytes');
    assert.equal(answer.fields.has('x-accel-redirect') || answer.fields.has('x-sendfile'), false);
    assert.equal(answer.fields.has('cache-control') || answer.fields.has('content-encoding'), false);
  }
});

test('NamedFiles hears ranges and conditions, from memory and from disk', async () => {
  using site = new TemporarySite();
  site.write('small.txt', '0123456789');
  site.write('large.bin', LARGE);
  const { send } = prepare(site);
  for (const [name, text] of [
    ['small.txt', '0123456789'],
    ['large.bin', LARGE.toString()],
  ] as const) {
    const naming = ['X-Accel-Redirect', `/protected/${name}`, 'Cache-Control', 'private'];
    const whole = await send(naming);
    assert.deepEqual([whole.body, whole.fields.get('cache-control')], [text, 'private']);
    const part = await send(naming, { fields: [['Range', 'bytes=2-4']] }, '206 Partial Content');
    assert.deepEqual([part.status, part.body], [206, text.slice(2, 5)]);
    assert.equal(part.fields.get('content-range'), `bytes 2-4/${text.length}`);
    const same = await send(naming, { fields: [['If-None-Match', whole.fields.get('etag') ?? '']] });
    assert.deepEqual([same.status, same.length, same.fields.get('cache-control')], [304, 0, 'private']);
    assert.equal(same.fields.has('content-type'), false);
    const head = await send(naming, { method: 'HEAD' });
    assert.deepEqual([head.status, head.length, head.body], [200, text.length, '']);
    const posted = await send(naming, { method: 'POST', fields: [['Range', 'bytes=2-4']] }, '201 Created');
    assert.deepEqual([posted.status, posted.body], [201, text]);
  }
});

test('NamedFiles refuses what was declared nowhere, and says so', async () => {
  using site = new TemporarySite();
  site.write('a.txt', 'a');
  site.write('../secret.txt', 'secret');
  symlinkSync('../secret.txt', site.path('link.txt'));
  const { send } = prepare(site);
  for (const [fields, status, words] of [
    [['X-Accel-Redirect', '/elsewhere/a.txt'], 500, /below no folder of --x-accel/],
    [['X-Accel-Redirect', '/protected/%zz'], 500, /below no folder of --x-accel/],
    [
      ['X-Sendfile', '/etc/passwd'],
      500,
      /"\/etc\/passwd" was named by the application: below no folder of --x-sendfile/,
    ],
    [['X-Sendfile', `${site.root}x/a.txt`], 500, /below no folder/],
    [['X-Accel-Redirect', '/protected/a.txt', 'X-Sendfile', '/etc/passwd'], 500, /beside another one/],
    [['X-Accel-Redirect', '/protected/none.txt'], 404, /none.txt" was named by the application: missing/],
    [['X-Accel-Redirect', '/protected/'], 404, /missing/],
    [['X-Sendfile', `${site.root}/../secret.txt`], 404, /missing/],
    [['X-Accel-Redirect', '/protected/%2e%2e/secret.txt'], 404, /missing/],
    [['X-Accel-Redirect', '/protected/link.txt'], 404, /missing/],
  ] as const) {
    site.logged.length = 0;
    site.clock.advance(STATIC_LIMITS.missingMs);
    const answer = await send(fields);
    assert.deepEqual([answer.status, answer.isRefusal], [status, true], fields.join(' '));
    assert.match(site.logged.join('\n'), words);
  }
});

test('NamedFiles finds names with a dot, and such as are not ASCII', async () => {
  using site = new TemporarySite();
  site.write('.well/.a.txt', 'hidden');
  site.write('café.txt', 'coffee');
  const { send } = prepare(site);
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  for (const [value, body] of [
    [`${site.root}/.well/.a.txt`, 'hidden'],
    [bytes(`${site.root}/café.txt`), 'coffee'],
    [`${site.root}/caf\u00e9.txt`, 'coffee'],
  ] as const) {
    assert.equal((await send(['X-Sendfile', value])).body, body);
  }
  assert.equal((await send(['X-Accel-Redirect', '/protected/caf%C3%A9.txt'])).body, 'coffee');
});

test('NamedFiles leaves bodiless answers without a body, and what is for a proxy to the proxy', async () => {
  using site = new TemporarySite();
  site.write('a.txt', 'a');
  const { send } = prepare(site);
  const answer = await send(['X-Accel-Redirect', '/protected/a.txt'], {}, '304 Not Modified');
  assert.deepEqual([answer.status, answer.body], [304, '']);
  const none = new NamedFiles([], { clock: site.clock, log: site.log });
  const file = { field: 'x-sendfile', value: '/a', lines: NO_FIELDS } as const;
  const exchange = new FakeExchange({ path: '/' });
  const { origin } = exchange;
  assert.equal(none.takes(exchange, file), origin.believed === 'none');
  for (const believed of ['none', 'x-forwarded'] as const) {
    Object.defineProperty(exchange, 'origin', { value: { ...origin, believed } });
    assert.equal(none.takes(exchange, file), believed === 'none');
  }
});
