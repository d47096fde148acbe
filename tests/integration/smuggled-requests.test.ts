// No request is seen as two by a server behind, and none is seen that this one has not: each that arrives has the number that it got here, once, and what was said of it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';

/** What an attacker wants the server to take for a request of its own. */
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\nX-Id: forged\r\nX-Line: forged\r\n\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

/** Fields behind which the two sides could see different ends of the body. */
const FRAMINGS: readonly string[] = [
  ...['+5', '-5', '0x5', '5,5', '5 5', '5;', '05', '5\0', '\v5', '18446744073709551621', '\r\n 5', '"5"', ''].map(
    (length) => `Content-Length:${length}\r\n`,
  ),
  'Content-Length: 5\r\nContent-Length: 0\r\n',
  'Content-Length: 5\r\nContent_Length: 60\r\n',
  `Content-Length: 5\r\n${CHUNKED}`,
  `Connection: Content-Length\r\nContent-Length: 5\r\n`,
  `Connection: Transfer-Encoding\r\n${CHUNKED}`,
  ...[
    'xchunked',
    'chunked, identity',
    'identity',
    '\vchunked',
    'chunked\0',
    '"chunked"',
    'chunked;q=1',
    '\n chunked',
  ].map((coding) => `Transfer-Encoding: ${coding}\r\n`),
  ...[
    'Transfer-Encoding ',
    ' Transfer-Encoding',
    'Transfer_Encoding',
    'X: y\rTransfer-Encoding',
    'Transfer-Encoding\0',
  ].map((name) => `${name}: chunked\r\n`),
  'Expect: 100-continue\r\nContent-Length: 5\r\n',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 5\r\n',
];
const SIZES = [
  '0x5',
  '+5',
  ' 5',
  '5 ',
  '5;a\rb',
  '5;a\n',
  '5\n',
  '5;a="',
  '100000005',
  `${'0'.repeat(300)}5`,
  '5\0',
  '',
];
const ENDS = [
  '0\r\n\r\n',
  '0\n\r\n',
  '0\r\n\n',
  '0\r\nContent-Length: 60\r\n\r\n',
  '0\r\nX: y\n\n',
  '0\r\nGET /hidden HTTP/1.1\r\n\r\n',
];
const TARGETS = [
  '/a#b',
  '/a%0d%0aX-Id:%20forged',
  '/\x85\xa0',
  'http://other/a',
  '/a b',
  '/a\tHTTP/1.1',
  '//a',
  '/a?\r',
];
const FIELDS = [
  'X_Id: forged',
  'Connection: X-Id, X-Line',
  'X-Id: forged',
  'X: a\r\n X-Id: forged',
  'X: a\rX-Id: forged',
  'X: a\nX-Id: forged',
];

const ATTACKS: readonly string[] = [
  ...FRAMINGS.flatMap((fields) =>
    ['abcde', '0\r\n\r\n', '5\r\nabcde\r\n0\r\n\r\n'].map(
      (body) => `POST /a HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`,
    ),
  ),
  ...SIZES.map((size) => `POST /a HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n${size}\r\nabcde\r\n0\r\n\r\n`),
  ...ENDS.map((end) => `POST /a HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n5\r\nabcde\r\n${end}`),
  ...TARGETS.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`),
  ...FIELDS.map((field) => `GET /a HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n`),
  ...['GET', 'HEAD', 'DELETE'].flatMap((method) =>
    ['/a', '/refused', '/dropped'].map(
      (path) => `${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
    ),
  ),
];

const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** Sends it, and waits for the end: behind the last request, or when that was waited for as a part of a body. */
async function attack(port: number, bytes: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(bytes + HIDDEN + LAST, 'latin1');
  await once(socket, 'close');
}

test('whatever a client sends, servers behind see the requests that were seen here, and no others', async () => {
  await using backend = await runBackend((request) =>
    isWhole(request) ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' : undefined,
  );
  const pass = 'proxy_pass http://app;';
  await using nginx = await runNginx(
    `client_header_timeout 1s; client_body_timeout 1s;
     proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Id $request_id; proxy_set_header X-Line "$request_method $request_uri"; proxy_set_header X-Path $uri;
     location / { ${pass} }
     location /streamed { proxy_request_buffering off; ${pass} }
     location /dropped { proxy_pass_request_body off; ${pass} }
     location /refused { return 404; }`,
    {},
    { http: `upstream app { server 127.0.0.1:${backend.port} max_fails=0; keepalive 2; }` },
  );
  const streamed = ATTACKS.map((bytes) => bytes.replace(/^(\w+) \/a /, '$1 /streamed '));
  await Promise.all([...ATTACKS, ...streamed].map((bytes) => attack(nginx.port, bytes)));
  const numbers = new Set<string>();
  for (const request of backend.requests) {
    const end = request.indexOf('\r\n\r\n');
    const head = `${request.slice(0, end)}\r\n`;
    const body = request.slice(end + 4);
    const [line = ''] = head.split(' HTTP/1.1\r\n');
    if (/\r\nTransfer-Encoding: chunked\r\n/.test(head)) {
      assert.match(body, /^(?:5\r\nabcde\r\n)?0\r\n\r\n$/, request);
    } else {
      assert.equal(body.length, Number(/\r\nContent-Length: (\d+)\r\n/.exec(head)?.[1] ?? 0), request);
    }
    const ids = [...head.matchAll(/\r\nX-Id: ([^\r]*)/gi)].map(([, id = '']) => id);
    assert.equal(ids.length, 1, request);
    assert.match(ids[0] ?? '', /^[0-9a-f]{32}$/, request);
    assert.ok(!numbers.has(ids[0] ?? ''), `seen twice: ${request}`);
    numbers.add(ids[0] ?? '');
    assert.ok(head.includes(`\r\nX-Line: ${line}\r\n`), request);
    assert.doesNotMatch(head, /\r\nX_Id|[^\r]\n|\r[^\n]|\r\nContent-Length:.*\r\nTransfer-Encoding:/is, request);
  }
  assert.ok(numbers.size > 100, `only ${numbers.size} arrived`);
  assert.doesNotMatch(nginx.server.log, /internal error|exited with code/);
});
