// A server behind that sends more than its response, or one that two readers would end elsewhere, answers nobody else: not the next request of its client, and not that of another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { runNginx } from './nginx-server.ts';

const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON';
const WELL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const LENGTH = `Content-Length: ${POISON.length}\r\n\r\n${POISON}`;

const RESPONSES: Readonly<Record<string, string>> = {
  'two responses': WELL + POISON,
  'a response behind 100': `HTTP/1.1 100 Continue\r\n\r\n${WELL}${POISON}`,
  '100 with a length': `HTTP/1.1 100 Continue\r\n${LENGTH}${WELL}`,
  '101 that nobody asked for': `HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n${POISON}`,
  '204 with a length': `HTTP/1.1 204 No Content\r\n${LENGTH}`,
  '204 with chunks': `HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${POISON}`,
  '204 with bytes behind': `HTTP/1.1 204 No Content\r\n\r\n${POISON}`,
  '304 with a body': `HTTP/1.1 304 Not Modified\r\n${LENGTH}`,
  '205 with a body': `HTTP/1.1 205 Reset Content\r\n\r\n${POISON}`,
  'a folded length': `HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 0\r\n${LENGTH}`,
  'a bare CR': `HTTP/1.1 200 OK\r\nX: a\rContent-Length: 0\r\n${LENGTH}`,
  'a NUL': `HTTP/1.1 200 OK\r\nX: a\0b\r\n${LENGTH}`,
  'two lengths': `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${LENGTH}`,
  'a signed length': `HTTP/1.1 200 OK\r\nContent-Length: +0\r\n\r\n${POISON}`,
  'a list of lengths': `HTTP/1.1 200 OK\r\nContent-Length: 0, 0\r\n\r\n${POISON}`,
  'length and chunks': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n${LENGTH}`,
  'two codings': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${POISON}`,
  'a space before the colon': `HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${POISON}`,
  'chunks in HTTP/1.0': `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n${POISON}`,
  'a chunk that ends in a bare LF': `${CHUNKED}0\n\r\n${POISON}`,
  'an extension with a bare CR': `${CHUNKED}0;\rx\r\n\r\n${POISON}`,
  'a chunk longer than its size': `${CHUNKED}1\r\nokXX0\r\n\r\n${POISON}`,
  'trailers of framing': `${CHUNKED}0\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`,
  'a length that Connection names': `HTTP/1.1 200 OK\r\nConnection: Content-Length\r\n${LENGTH}`,
  'no head at all': POISON.slice(-6),
  'a line break in front': `\r\n${WELL}${POISON}`,
};

/** What one connection gets for these requests, up to its end. */
async function exchange(port: number, requests: readonly string[]): Promise<string[]> {
  using client = await Client.open(port);
  const bodies: string[] = [];
  for (const request of requests) {
    client.send(`${request} HTTP/1.1\r\nHost: a\r\n\r\n`);
    try {
      bodies.push((await client.read(request.split(' ')[0] ?? '')).body);
    } catch {
      break;
    }
  }
  return bodies;
}

test('what a server sends beside its response is the answer to nobody', async () => {
  const texts = Object.values(RESPONSES);
  await using backend = await runBackend((request, socket) => {
    if (!isWhole(request)) return undefined;
    const [, index] = /^\w+ \/(?:streamed\/)?hostile\/(\d+)/.exec(request) ?? [];
    if (index === undefined) return WELL;
    const text = texts[Number(index)] ?? '';
    // What cannot be the whole of a head is not waited for.
    if (!text.includes('\r\n\r\n')) socket.end(text);
    return text.includes('\r\n\r\n') ? text : '';
  });
  const pass = 'proxy_pass http://app;';
  await using nginx = await runNginx(
    `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_read_timeout 1s;
     location / { ${pass} }
     location /streamed/ { proxy_buffering off; ${pass} }`,
    {},
    { http: `upstream app { server 127.0.0.1:${backend.port} max_fails=0; keepalive 4; }` },
  );
  const attack = async (index: number, name: string, request: string): Promise<void> => {
    const [, ...own] = await exchange(nginx.port, [`${request}/${index}`, 'GET /next', 'GET /after']);
    assert.ok(
      own.every((body) => body === 'well'),
      `${request}, ${name}: ${own.join(' ')}`,
    );
    assert.deepEqual(await exchange(nginx.port, ['GET /other', 'GET /another']), ['well', 'well'], name);
  };
  const ways = ['GET', 'HEAD'].flatMap((method) => [`${method} /hostile`, `${method} /streamed/hostile`]);
  // Each response in all ways at a time; those of which some are waited for hold up nobody else.
  await Promise.all(
    Object.keys(RESPONSES).flatMap((name, index) => ways.map((request) => attack(index, name, request))),
  );
  assert.doesNotMatch(nginx.server.log, /internal error|exited with code/);
});
