import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAccessFormat } from '../../config/access-format/parse-access-format.ts';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { compileFormat, escapeForJson, escapeForLine } from './compile-format.ts';
import type { ConnectionFacts, LoggedExchange } from './logged-exchange.ts';

const ORIGIN: LoggedExchange['origin'] = {
  scheme: 'https',
  name: 'localhost',
  port: '8443',
  believed: 'none',
  isContradictory: false,
  tls: { protocol: 'TLSv1.3', version: 0x0304, cipher: 'C', cipherSuite: 1, client: undefined },
};
const EXCHANGE: LoggedExchange = {
  client: { address: '192.0.2.1', port: '5000' },
  origin: ORIGIN,
  version: 11,
  block: fieldBlock([]),
  startedMs: 0,
  status: 200,
  times: undefined,
  refusedLine: undefined,
  connection: {
    address: '10.0.0.1',
    requests: { requestBytes: 100 },
    keeping: { requestCount: 3, isPipelined: false, openMs: 0 },
    isKept: true,
    isCut: false,
    writer: { headBytes: 0, chunkFrameBytes: 0 },
  },
  method: 'GET',
  target: '/a%20b?q=1',
  rawPath: '/a%20b',
  path: '/a b',
  query: 'q=1',
  host: 'site.test:8443',
  requestId: 'id1',
  bodyBytes: 11,
  sentHead: {
    status: 200,
    reason: undefined,
    fields: fieldsOf('Content-Type: text/plain\r\nX-A: 1\r\nx-a: 2\r\n'),
  },
  sentLength: 11,
};
const AT_MS = Date.UTC(2026, 10, 21, 16, 4, 33, 250);
const TOOK_MS = 1234.5678;

function line(text: string, exchange: Partial<LoggedExchange> = {}, connection: Partial<ConnectionFacts> = {}): string {
  const parsed = parseAccessFormat(text);
  assert.ok(parsed.ok && parsed.value.words !== 'combined' && parsed.value.words !== 'json', text);
  const { words } = parsed.value;
  const render = compileFormat({ words, text: parsed.value.text }, 'X-All: every\r\n');
  const rendered = render({
    exchange: { ...EXCHANGE, ...exchange, connection: { ...EXCHANGE.connection, ...connection } },
    atMs: AT_MS,
    tookMs: TOOK_MS,
  });
  assert.equal(rendered.at(-1), '\n');
  return rendered.slice(0, -1);
}

function withFields(fields: Readonly<Record<string, string>>): Partial<LoggedExchange> {
  return { block: fieldBlock(Object.entries(fields)) };
}

test("Apache's common format, with the time of the request", () => {
  assert.equal(line('common'), '192.0.2.1 - - [21/Nov/2026:16:04:32 +0000] "GET /a%20b?q=1 HTTP/1.1" 200 11');
  assert.equal(
    line('vcombined', withFields({ Referer: 'http://r/', 'User-Agent': 'u"a' })),
    'site.test:8443 192.0.2.1 - - [21/Nov/2026:16:04:32 +0000] "GET /a%20b?q=1 HTTP/1.1" 200 11 "http://r/" "u\\"a"',
  );
});

test("gunicorn's default format", () => {
  assert.equal(
    line('%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"', withFields({ 'User-Agent': 'curl' })),
    '192.0.2.1 - - [21/Nov/2026:16:04:33 +0000] "GET /a%20b?q=1 HTTP/1.1" 200 11 "-" "curl"',
  );
});

test('letters that mean different things to Apache and gunicorn keep their own meaning', () => {
  assert.equal(line('%p|%L|%a|%q|%T|%D'), '8443|id1|192.0.2.1|?q=1|1|1234567');
  assert.equal(line('%(p)s|%(L)s|%(a)s|%(q)s|%(T)s|%(D)s'), `<${process.pid}>|1.234568|-|q=1|1|1234567`);
});

test('times, durations and sizes', () => {
  assert.equal(line('%{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}t %{end:msec_frac}t'), '2026-11-21T16:04:32.015 250');
  assert.equal(line('%{sec}t %{msec}t %{usec}t'), '1795277072 1795277072015 1795277072015432');
  assert.equal(
    line('%{%a %A %b %B %e %I %p %j %y %R %F %D %z %Z%%}t'),
    'Sat Saturday Nov November 21 04 PM 325 26 16:04 2026-11-21 11/21/26 +0000 UTC%',
  );
  assert.equal(line('%{ms}T %{us}T'), '1234 1234567');
  assert.equal(line('%B %b', { bodyBytes: 0 }), '0 -');
});

test('letters of strftime(3) as the C locale has them', () => {
  const seconds = Math.floor((AT_MS - TOOK_MS) / 1000);
  assert.equal(
    line('%{%s|%k|%l|%P|%r|%u|%w|%C|%c|%x|%X}t'),
    `${seconds}|16| 4|pm|04:04:32 PM|6|6|20|Sat Nov 21 16:04:32 2026|11/21/26|16:04:32`,
  );
  assert.equal(line('%{%Y年}t'), '2026\\xe5\\xb9\\xb4');
});

test('no user is named so that a field of the line is missing', () => {
  const authorization = `Basic ${Buffer.from('\0:x').toString('base64')}`;
  assert.equal(line('%h %u %s', withFields({ authorization })), '192.0.2.1 \\x00 200');
});

test('as JSON what is UTF-8 is text, and other bytes are a character each', () => {
  assert.equal(
    line('{"p":"%U"}', { path: Buffer.from('/café/👍').latin1Slice() }),
    '{"p":"/caf\\u00e9/\\ud83d\\udc4d"}',
  );
  assert.equal(line('{"p":"%U"}', { path: '/caf\xe9\x7f' }), '{"p":"/caf\\u00e9\\u007f"}');
});

test('fields of requests and of responses', () => {
  const asked = withFields({
    'X-B': 'b',
    Cookie: 'a=1; sid=2',
    Authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
  });
  assert.equal(line('%{x-b}i %{sid}C %{none}C %u', asked), 'b 2 - me');
  assert.equal(line('%{X-A}o %{content-length}o %{X-All}o %{none}o'), '1, 2 11 every -');
  assert.equal(line('%{Content-Length}o', { status: 304 }), '-');
  assert.equal(line('%u', withFields({ Authorization: 'Bearer x' })), '-');
  assert.equal(line('%({HTTP_X_B}e)s %({REQUEST_METHOD}e)s', asked), 'b GET');
});

test('connections', () => {
  assert.equal(line('%k %X %{c}a %{remote}p %{SSL_PROTOCOL}x'), '2 + 10.0.0.1 5000 TLSv1.3');
  assert.equal(line('%X', {}, { isKept: false }), '-');
  assert.equal(line('%X', {}, { isCut: true }), 'X');
  assert.equal(line('%v', { host: '[::1]:80' }), '[::1]');
});

test('statuses decide, and widths fill', () => {
  assert.equal(line('%404r %!404m %200,201m'), '- GET GET');
  assert.equal(line('[%(h)-12s] [%(s)5s] [%(s)05d]'), '[192.0.2.1   ] [  200] [00200]');
});

test('what was no request has what came in the place of its request line, and dashes; an empty query is nothing', () => {
  const answered = { client: { address: '', port: '' }, status: 400, bodyBytes: 0 };
  const nothing = { ...answered, method: '', target: '', rawPath: '', path: '', query: '' };
  const format = '%h "%r" %m %U%q %H %>s %b';
  assert.equal(line(format, { ...nothing, refusedLine: '' }), '- "-" - - - 400 -');
  assert.equal(line(format, { ...nothing, refusedLine: '\x16\x03"\n' }), '- "\\x16\\x03\\"\\n" - - - 400 -');
  assert.equal(line(format, { ...nothing, refusedLine: 'GET /a b' }), '- "GET /a b" - - - 400 -');
  assert.equal(line('%U%q', { query: '' }), '/a b');
  assert.equal(line('[%(q)s]', { query: '' }), '[]');
});

test('nothing that a client or an application has sent reaches a line as it is', () => {
  const every = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
  const hostile = {
    ...withFields({ 'User-Agent': every, Cookie: `a=${every}` }),
    path: every,
    query: every,
    method: every,
    host: every,
    requestId: every,
    target: every,
  };
  for (const format of [
    '%r %m %U %q %v %L %{User-Agent}i %{a}C',
    '%(r)s %(U)s %(q)s %(a)s',
    '{"a":"%r","b":"%{User-Agent}i"}',
  ]) {
    assert.match(line(format, hostile), /^[\x20-\x7e]+$/, format);
  }
  assert.deepEqual(Object.keys(JSON.parse(line('{"a":"%r","b":"%{User-Agent}i"}', hostile)) as object), ['a', 'b']);
  assert.equal(escapeForLine('a"\\\n\r\t\b\v\0\x1b\x7f\xe9'), 'a\\"\\\\\\n\\r\\t\\b\\v\\x00\\x1b\\x7f\\xe9');
  assert.equal(escapeForJson('"\\\n\xe9'), '\\"\\\\\\u000a\\u00e9');
});

test('text of the format itself is written in UTF-8', () => {
  assert.equal(Buffer.from(line('grüße %m'), 'latin1').toString('utf8'), 'grüße GET');
});
