// Servers that misbehave when they are asked whether they are well: each is found ill in its time, is asked no oftener than the interval has it and once at a time, and costs
// a descriptor at most.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { UpstreamReport } from '../../src/upstream/peers/peers-report.ts';
import type { Backend } from './backend.ts';
import { isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';
import { descendants } from './processes.ts';
import { until } from './waiting.ts';

const INTERVAL_MS = 200;
const TIMEOUT_MS = 1500;
const HUNDRED_MB = 104_857_600;

interface Checked {
  readonly state: 'up' | 'unhealthy';
  /** What the log says is wrong. */
  readonly fault?: RegExp;
  readonly answer: (socket: Socket) => void;
}

/** Pieces as long as they are taken. */
function flood(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  let sent = 0;
  const more = (): void => {
    while (!socket.destroyed && sent < HUNDRED_MB) {
      sent += piece.length;
      if (!socket.write(piece, 'latin1')) return;
    }
    socket.end();
  };
  socket.on('drain', more);
  more();
}

function trickle(socket: Socket, head: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write('x'), 10);
  socket.on('close', () => clearInterval(timer));
}

const CHECKED: Readonly<Record<string, Checked>> = {
  silent: { state: 'unhealthy', fault: /upstream timed out|did not come in time/, answer: () => undefined },
  closing: { state: 'unhealthy', fault: /prematurely closed/, answer: (socket) => socket.end() },
  garbage: { state: 'unhealthy', fault: /no valid HTTP/, answer: (socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n') },
  moved: {
    state: 'unhealthy',
    fault: /the body does not|the status is 302/,
    answer: (socket) => socket.end('HTTP/1.1 302 Found\r\nLocation: /well\r\nContent-Length: 0\r\n\r\n'),
  },
  trickling: { state: 'unhealthy', fault: /in time|timed out/, answer: (socket) => trickle(socket, 'HTTP/1.1 200 O') },
  endless: {
    state: 'unhealthy',
    fault: /in time|timed out/,
    answer: (socket) => trickle(socket, 'HTTP/1.1 200 OK\r\n\r\nwell'),
  },
  fields: {
    state: 'unhealthy',
    fault: /too big header/,
    answer: (socket) => flood(socket, 'HTTP/1.1 200 OK\r\n', `X: ${'y'.repeat(60_000)}\r\n`),
  },
  // Enough of it has come to see that it is well: the rest is not waited for.
  long: { state: 'up', answer: (socket) => flood(socket, 'HTTP/1.1 200 OK\r\n\r\nwell', 'y'.repeat(65_536)) },
  well: { state: 'up', answer: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell') },
};

test('servers that misbehave in a health check are found out, and cost neither connections nor memory', async () => {
  await using opened = new AsyncDisposableStack();
  const backends = new Map<string, Backend>();
  const most = new Map<string, number>();
  for (const [name, { answer }] of Object.entries(CHECKED)) {
    const backend: Backend = opened.use(
      await runBackend((request, socket) => {
        if (!isWhole(request)) return undefined;
        most.set(name, Math.max(most.get(name) ?? 0, backend.open.size));
        answer(socket);
        return '';
      }),
    );
    backends.set(name, backend);
  }
  const names = [...backends.keys()];
  const beganMs = performance.now();
  await using nginx = await runNginx(
    `proxy_read_timeout ${TIMEOUT_MS}ms; proxy_connect_timeout ${TIMEOUT_MS}ms; location /upstreams { api; }
     ${names.map((name) => `location /${name} { proxy_pass http://${name}; health_check interval=${INTERVAL_MS}ms match=well; }`).join('\n')}`,
    {},
    {
      main: 'worker_processes 2;',
      http: `match well { status 200; body ~ "well"; }
        ${Array.from(backends, ([name, { port }]) => `upstream ${name} { zone ${name} 64k; server 127.0.0.1:${port}; }`).join('\n')}`,
    },
  );
  const edge = descendants(nginx.server.pid).at(-1)?.pid ?? 0;
  const openFiles = (): number => readdirSync(`/proc/${edge}/fd`).length;
  let mostFiles = 0;
  const isSaid = (name: string): boolean => nginx.server.log.includes(`in upstream "${name}"`);
  await until('each that is ill was found out, and each was asked twice', () => {
    mostFiles = Math.max(mostFiles, openFiles());
    return names.every((name) => {
      const isAsked = (backends.get(name)?.connections() ?? 0) >= 2;
      return isAsked && (CHECKED[name]?.state === 'up' || isSaid(name));
    });
  });
  const passedMs = performance.now() - beganMs;
  const counts = new Map(Array.from(backends, ([name, backend]) => [name, backend.connections()]));
  const report = JSON.parse((await nginx.ask('/upstreams')).body) as Record<string, UpstreamReport>;
  const states = Object.fromEntries(names.map((name) => [name, report[name]?.peers[0]?.state]));
  assert.deepEqual(states, Object.fromEntries(names.map((name) => [name, CHECKED[name]?.state])));
  for (const [name, { fault }] of Object.entries(CHECKED)) {
    const told = nginx.server.log.split('\n').find((line) => line.includes(`in upstream "${name}"`)) ?? '';
    assert.match(told, fault ?? /^$/, name);
    assert.ok((counts.get(name) ?? 0) <= 1 + passedMs / INTERVAL_MS, `${name} was asked ${counts.get(name)} times`);
    // A connection that we have closed may not be known to be closed on the other side when the next one comes.
    assert.ok((most.get(name) ?? 0) <= 2, `${name} had ${most.get(name)} connections at once`);
  }
  for (const backend of backends.values()) await backend[Symbol.asyncDispose]();
  await nginx.server.logged(/peer is unhealthy: connect\(\) failed .* in upstream "well"/);
  assert.ok(openFiles() <= mostFiles, 'descriptors come back');
});
