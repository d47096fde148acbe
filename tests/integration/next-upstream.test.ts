// proxy_next_upstream: each way in which a server fails, for each kind of request, by each policy. The next server is asked exactly where the policy has it, and no request
// is sent twice that may not be.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import type { Reply } from './backend.ts';
import { answering, isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';

/** The cause in the words of the directive, and what the client gets if nobody else is asked. */
const FAILURES: Readonly<Record<string, { readonly cause: string; readonly status: number; readonly reply: Reply }>> = {
  closes: { cause: 'error', status: 502, reply: (_, socket) => socket.end() && '' },
  resets: { cause: 'error', status: 502, reply: (_, socket) => socket.resetAndDestroy() && '' },
  silent: { cause: 'timeout', status: 504, reply: () => '' },
  half: { cause: 'error', status: 502, reply: (_, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le') && '' },
  garbage: { cause: 'invalid_header', status: 502, reply: () => 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n' },
  ...Object.fromEntries(
    [403, 404, 429, 500, 502, 503, 504].map((status) => [
      `says-${status}`,
      {
        ...{ cause: `http_${status}`, status },
        reply: () => `HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`,
      },
    ]),
  ),
};
const ALL = 'error timeout invalid_header http_403 http_404 http_429 http_500 http_502 http_503 http_504';
const POLICIES: Readonly<Record<string, { readonly words: string; readonly rest?: string }>> = {
  all: { words: ALL },
  twice: { words: `${ALL} non_idempotent` },
  off: { words: 'off' },
  usual: { words: 'error timeout' },
  one: { words: `${ALL} non_idempotent`, rest: 'proxy_next_upstream_tries 1;' },
  late: { words: `${ALL} non_idempotent`, rest: 'proxy_next_upstream_timeout 1ms;' },
};
const REQUESTS = [
  { method: 'GET', bodyBytes: 0 },
  { method: 'PUT', bodyBytes: 10 },
  { method: 'POST', bodyBytes: 10 },
  { method: 'PATCH', bodyBytes: 0 },
];
/** Longer than the time in which another server may be asked. */
const SLOW_MS = 20;

/** The status, and whether the second server has answered. */
async function ask(port: number, path: string, method: string, bodyBytes: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more;
  });
  const length = method === 'GET' ? '' : `Content-Length: ${bodyBytes}\r\n`;
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${length}\r\n${'b'.repeat(bodyBytes)}`);
  let fault = '';
  socket.on('error', (error) => {
    fault = ` ${error.message}`;
  });
  await new Promise((resolve) => socket.on('close', resolve));
  return `${/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]}${text.endsWith('second') ? ' second' : ''}${fault}`;
}

async function portThatRefuses(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('the next server is asked for each cause, method and body exactly where the policy says so', async () => {
  await using first = await runBackend((request, socket, count) => {
    if (!isWhole(request)) {
      return undefined;
    }
    const [, policy = '', name = ''] = /^\w+ \/(\w+)\/(?:streamed\/)?([\w-]+)/.exec(request) ?? [];
    const answer = FAILURES[name]?.reply ?? answering('first');
    if (policy !== 'late') {
      return answer(request, socket, count);
    }
    setTimeout(() => {
      const late = answer(request, socket, count);
      if (late !== undefined && late !== '') socket.write(late);
    }, SLOW_MS);
    return '';
  });
  await using second = await runBackend(answering('second'));
  const refuses = await portThatRefuses();
  const locations = Object.entries(POLICIES).flatMap(([policy, { words, rest = '' }]) => {
    const rules = `proxy_next_upstream ${words}; ${rest}`;
    return [
      `location /${policy}/ { proxy_pass http://both; ${rules} }`,
      `location /${policy}/streamed/ { proxy_pass http://both; proxy_request_buffering off; proxy_http_version 1.1; ${rules} }`,
      `location /${policy}/refuses { proxy_pass http://refusing; ${rules} }`,
      `location ~ ^/${policy}/silent { proxy_pass http://both; proxy_read_timeout 1s; ${rules} }`,
      `location ~ ^/${policy}/streamed/silent { proxy_pass http://both; proxy_read_timeout 1s; proxy_request_buffering off; proxy_http_version 1.1; ${rules} }`,
    ];
  });
  await using nginx = await runNginx(
    locations.join('\n'),
    {},
    {
      http: `access_log off;
        upstream both { server 127.0.0.1:${first.port} max_fails=0; server 127.0.0.1:${second.port} backup; }
        upstream refusing { server 127.0.0.1:${refuses} max_fails=0; server 127.0.0.1:${second.port} backup; }`,
    },
  );
  const wrong: string[] = [];
  const check = async (path: string, { method, bodyBytes }: (typeof REQUESTS)[number], wanted: string) => {
    const got = await ask(nginx.port, path, method, bodyBytes);
    if (got !== wanted) wrong.push(`${method} ${path} (${bodyBytes}): ${got}, and not ${wanted}`);
  };
  let expected = 0;
  const waits: Promise<void>[] = [];
  for (const [policy, { words, rest }] of Object.entries(POLICIES)) {
    const checks: Promise<void>[] = [];
    const causes = words.split(' ');
    for (const request of REQUESTS) {
      const isSafe = request.method === 'GET' || request.method === 'PUT' || causes.includes('non_idempotent');
      for (const [name, { cause, status }] of Object.entries(FAILURES)) {
        for (const isStreamed of [false, true]) {
          const isRepeatable = !isStreamed || request.bodyBytes === 0;
          const isNext = rest === undefined && causes.includes(cause) && isSafe && isRepeatable;
          expected += isNext ? 1 : 0;
          const path = `/${policy}/${isStreamed ? 'streamed/' : ''}${name}`;
          (cause === 'timeout' ? waits : checks).push(check(path, request, isNext ? '200 second' : String(status)));
        }
      }
      // Nothing has been sent to a server that cannot be reached, so any request may go to the next one. A moment is over sooner than its refusal or not.
      if (policy !== 'late') {
        const isNext = rest === undefined && causes.includes('error');
        expected += isNext ? 1 : 0;
        checks.push(check(`/${policy}/refuses`, request, isNext ? '200 second' : '502'));
      }
    }
    await Promise.all(checks);
  }
  await Promise.all(waits);
  assert.deepEqual(wrong, []);
  assert.equal(second.requests.length, expected);
});
