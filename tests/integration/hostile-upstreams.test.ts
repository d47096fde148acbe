// Servers behind this one that misbehave: each ends as with nginx, with a line that names the server, and nothing of it stays.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Reply } from './backend.ts';
import { answering, isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';
import { descendants } from './processes.ts';
import { until } from './waiting.ts';

interface Hostile {
  readonly reply: Reply;
  /** What the client gets. */
  readonly answer: RegExp;
  /** What the error log has of it. */
  readonly line: RegExp;
  readonly body?: string;
}

const head =
  (text: string): Reply =>
  (request) =>
    isWhole(request) ? text : undefined;
const ended =
  (text: string): Reply =>
  (request, socket) => {
    if (!isWhole(request)) {
      return undefined;
    }
    socket.end(text, 'latin1');
    return '';
  };

/** By the path of the request. */
const HOSTILE: Readonly<Record<string, Hostile>> = {
  closes: {
    reply: ended(''),
    answer: /^HTTP\/1\.1 502 /,
    line: /upstream prematurely closed connection while reading response header from upstream/,
  },
  half: {
    reply: ended('HTTP/1.1 200 OK\r\nContent-Len'),
    answer: /^HTTP\/1\.1 502 /,
    line: /upstream prematurely closed connection while reading response header from upstream/,
  },
  resets: {
    reply: (_, socket) => {
      socket.resetAndDestroy();
      return '';
    },
    answer: /^HTTP\/1\.1 502 /,
    line: /(recv\(\) failed \(104: Connection reset by peer\)|upstream prematurely closed connection) while/,
  },
  short: {
    reply: ended('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'),
    answer: /^HTTP\/1\.1 200 .*\r\n\r\nhello$/s,
    line: /upstream prematurely closed connection while reading upstream/,
  },
  long: {
    reply: head('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother'),
    answer: /^HTTP\/1\.1 200 .*\r\n\r\nhello$/s,
    line: /upstream sent more data than specified in "Content-Length" header while reading upstream/,
  },
  trickles: {
    reply: (_, socket) => {
      const timer = setInterval(() => socket.write('H'), 50);
      socket.on('close', () => clearInterval(timer));
      return 'HTTP/1.1 200 OK\r\nX: ';
    },
    answer: /^HTTP\/1\.1 504 /,
    line: /upstream timed out \(110: Connection timed out\) while reading response header from upstream/,
  },
  endless: {
    reply: (request, socket) => {
      if (isWhole(request)) {
        socket.write('HTTP/1.1 200 OK\r\n');
        const more = (): void => {
          if (!socket.destroyed && socket.write(`X: ${'y'.repeat(50_000)}\r\n`)) {
            setImmediate(more);
          }
        };
        socket.on('drain', more);
        more();
        return '';
      }
      return undefined;
    },
    answer: /^HTTP\/1\.1 502 /,
    line: /upstream sent too big header while reading response header from upstream/,
  },
  interim: {
    reply: head('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1000)),
    answer: /^HTTP\/1\.1 502 /,
    line: /upstream sent invalid header: interim responses without end/,
  },
  early: {
    reply: (_, socket) => {
      socket.end('HTTP/1.1 413 Too Much\r\nContent-Length: 3\r\n\r\nno\n');
      return '';
    },
    body: 'x'.repeat(300_000),
    answer: /^HTTP\/1\.1 (413 .*\r\n\r\nno\n$|502 )/s,
    line: /^/,
  },
  silent: {
    reply: () => undefined,
    answer: /^HTTP\/1\.1 504 /,
    line: /upstream timed out \(110: Connection timed out\) while reading response header from upstream/,
  },
  twice: {
    reply: head('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
    answer: /^HTTP\/1\.1 502 /,
    line: /upstream sent invalid header: Content-Length beside Transfer-Encoding/,
  },
  chunks: {
    reply: head('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n'),
    answer: /^HTTP\/1\.1 200 .*\r\n\r\n5\r\nhello\r\n$/s,
    line: /upstream sent invalid chunked response: .* while reading upstream/,
  },
  text: {
    reply: ended('SSH-2.0-OpenSSH\r\n'),
    answer: /^HTTP\/1\.1 502 /,
    line: /upstream sent no valid HTTP\/1\.0 header/,
  },
};

/** All that the server sends until it closes the connection. */
function exchange(port: number, path: string, body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more;
  });
  socket.on('error', () => undefined);
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
  socket.write(
    `${body === '' ? 'GET' : 'PUT'} /${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${length}\r\n${body}`,
  );
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test('whatever a server does, its client gets an answer or an end, and nothing stays open', async () => {
  const pathOf = (request: string): string => /^\w+ \/(\w+)/.exec(request)?.[1] ?? '';
  await using backend = await runBackend((request, socket: Socket, count) => {
    const hostile = HOSTILE[pathOf(request)];
    return (hostile?.reply ?? answering('well'))(request, socket, count);
  });
  await using nginx = await runNginx(
    `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off;
     location / { proxy_pass http://hostile; }
     location ~ ^/(silent|trickles)$ { proxy_read_timeout 300ms; proxy_pass http://hostile; }`,
    {},
    { http: `access_log off; upstream hostile { server 127.0.0.1:${backend.port} max_fails=0; keepalive 10; }` },
  );
  await exchange(nginx.port, 'well');
  const edge = descendants(nginx.server.pid).at(-1)?.pid ?? 0;
  const before = openFiles(edge);
  for (const [path, { answer, line, body }] of Object.entries(HOSTILE)) {
    const from = nginx.server.log.length;
    for (let round = 0; round < 2; round += 1) {
      const answers = await Promise.all(Array.from({ length: 25 }, () => exchange(nginx.port, path, body)));
      for (const text of answers) {
        assert.match(text, answer, path);
      }
    }
    await nginx.server.logged(line, undefined, from);
    assert.match(await exchange(nginx.port, 'well'), /\r\n\r\nwell$/, `behind ${path}`);
  }
  await until('connections to the server are closed', () => openFiles(edge) <= before + 2 && backend.open.size <= 10);
});
