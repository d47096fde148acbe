// A line for each request, and nothing in it that a client could use to forge one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Closed } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import time

def half():
    yield b'hello'
    raise RuntimeError

def application(environ, start):
    if environ['PATH_INFO'] == '/cut':
        start('200 OK', [('Content-Length', '10')])
        return half()
    if environ['PATH_INFO'] == '/slow':
        time.sleep(0.05)
    if environ['PATH_INFO'] == '/broken':
        raise RuntimeError
    start('200 OK', [('X-Kind', 'plain')])
    return [b'hello']
`;
/** Controls but for the tab are refused before there is a line to write. */
const HOSTILE = 'x" 200 0 "\\\xff\t\x85$(id)';
const LINES = 7;
const LONG = 'x'.repeat(9000);

async function linesAfter(server: Server): Promise<string[]> {
  const path = join(server.folder, 'access.log');
  const referer = 'Referer: http://a.test/"\r\n';
  await server.ask('/slow', { fields: `User-Agent: ${HOSTILE}\r\n${referer}` });
  await server.ask('/a%0d%0aforged?q="x"<>', { method: 'HEAD' });
  await server.ask('/broken');
  assert.equal((await server.ask('/', { fields: 'User-Agent: \x1b[2J\r\n' })).status, 400);
  assert.equal((await server.ask('/%zz', { fields: referer })).status, 400);
  for (const [bytes, status] of [
    ['\r\nGARBAGE"\x01\r\n\r\n', 400],
    [`GET /${LONG}`, 414],
  ] as const) {
    using client = await server.connect();
    client.send(bytes);
    assert.equal((await client.read()).status, status);
  }
  await until('all lines are written', () => readFileSync(path, 'latin1').split('\n').length > LINES);
  return readFileSync(path, 'latin1').split('\n').slice(0, -1);
}

test('the combined format, escaped as nginx does', async () => {
  await using server = await serve({ app: APP, args: ['--access-log', 'access.log'] });
  const lines = await linesAfter(server);
  assert.equal(lines.length, LINES, lines.join('\n'));
  for (const line of lines) assert.match(line, /^[\x20-\x7e]+$/);
  const form =
    /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "([^"]*)" (\d{3}) (\d+) "([^"]*)" "([^"]*)" (\S+) (\S+) (\S+) (\S+)$/;
  const rows = lines.map((line) => form.exec(line) ?? assert.fail(line));
  assert.deepEqual(
    rows.map(([, request, status, bytes]) => [request, status, bytes]),
    [
      ['GET /slow HTTP/1.1', '200', '5'],
      ['HEAD /a%0d%0aforged?q=\\x22x\\x22<> HTTP/1.1', '200', '0'],
      ['GET /broken HTTP/1.1', '500', rows[2]?.[3]],
      ['GET / HTTP/1.1', '400', rows[3]?.[3]],
      ['GET /%zz HTTP/1.1', '400', rows[4]?.[3]],
      ['GARBAGE\\x22\\x01', '400', rows[3]?.[3]],
      [`GET /${LONG.slice(0, 2043)}`, '414', rows[6]?.[3]],
    ],
  );
  assert.ok(Number(rows[3]?.[3]) > 0, 'the page of a refusal has bytes as well');
  assert.equal(rows[0]?.[5], 'x\\x22 200 0 \\x22\\x5C\\xFF\\x09\\x85$(id)');
  assert.equal(rows[4]?.[4], 'http://a.test/\\x22', 'a request whose path alone is refused has its fields');
  const [took = 0, queued = 0, ran = 0] = [6, 7, 8].map((index) => Number(rows[0]?.[index]));
  assert.ok(ran >= 0.05 && queued >= 0 && took + 0.000_002 >= queued + ran, lines[0]);
});

for (const [format, expected] of [
  ['%h %>s %b "%r" %{X-Kind}o %{Content-Length}o %k%X', '127.0.0.1 200 5 "GET /a%20b?q=1 HTTP/1.1" plain 5 0-'],
  ['%(h)s %(s)s %(b)s "%(r)s" "%(a)s" %(U)s', '127.0.0.1 200 5 "GET /a%20b?q=1 HTTP/1.1" "x\\" \\\\\\xff" /a b'],
  ['{"agent":"%{User-Agent}i","status":%s}', '{"agent":"x\\" \\\\\\u00ff","status":200}'],
] as const) {
  test(`a format of one's own: ${format}`, async () => {
    const args = ['--access-log', 'access.log', '--access-log-format', format];
    await using server = await serve({ app: APP, args });
    await server.ask('/a%20b?q=1', { fields: 'User-Agent: x" \\\xff\r\n' });
    const path = join(server.folder, 'access.log');
    await until('the line is written', () => readFileSync(path, 'latin1').endsWith('\n'));
    assert.equal(readFileSync(path, 'latin1'), `${expected}\n`);
  });
}

test('%X tells a response that was cut from the last one of its connection, and from one that another may follow', async () => {
  const args = ['--access-log', 'access.log', '--access-log-format', '%U %s %B %X'];
  await using server = await serve({ app: APP, args });
  using client = await server.connect();
  client.send('GET /kept HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.read();
  client.send('GET /cut HTTP/1.1\r\nHost: a\r\n\r\n');
  await assert.rejects(client.read(), Closed);
  await server.ask('/closed');
  const lines = (): string[] => readFileSync(join(server.folder, 'access.log'), 'latin1').split('\n').slice(0, -1);
  await until('all lines are written', () => lines().length === 3);
  assert.deepEqual(lines(), ['/kept 200 5 +', '/cut 200 5 X', '/closed 200 5 -']);
});

test('JSON, one object a line, that says the same', async () => {
  await using server = await serve({ app: APP, args: ['--access-log', 'access.log', '--access-log-format', 'json'] });
  const lines = await linesAfter(server);
  assert.equal(lines.length, LINES);
  for (const line of lines) assert.match(line, /^[\x20-\x7e]+$/);
  const rows = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  assert.deepEqual(
    rows.map(({ status }) => status),
    [200, 200, 500, 400, 400, 400, 414],
  );
  assert.deepEqual(
    rows.slice(4).map(({ method, target, protocol, requestLine }) => [method, target, protocol, requestLine]),
    [
      ['GET', '/%zz', 'HTTP/1.1', undefined],
      ['', '', '', 'GARBAGE"\x01'],
      ['', '', '', `GET /${LONG.slice(0, 2043)}`],
    ],
  );
  assert.equal(rows[0]?.['userAgent'], HOSTILE);
  assert.equal(rows[1]?.['target'], '/a%0d%0aforged?q="x"<>');
  assert.equal(typeof rows[0]?.['appSeconds'], 'number');
});
