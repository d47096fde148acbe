// Logs at a syslog server: what the server says of itself, and lines of requests, also behind a restart of the syslog server.

import assert from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

const UNREACHABLE = /the syslog server \S+ cannot be reached, lines are lost/;
const ASK_EACH_MS = 20;
const PATIENCE_MS = 15_000;
const lines: string[] = [];

async function listen(port: number): Promise<Socket> {
  const socket = createSocket('udp4', (bytes) => void lines.push(bytes.toString()));
  socket.unref().bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

const hears = (pattern: RegExp): Promise<void> =>
  until(`syslog has ${String(pattern)}`, () => lines.some((line) => pattern.test(line)));

test('the server logs to syslog, and goes on when the syslog server was away', async () => {
  const first = await listen(0);
  const { port } = first.address();
  const server = `syslog:server=127.0.0.1:${port},nohostname`;
  await using nginx = await runNginx(
    `access_log ${server},tag=web plain; location / { return 200 a; }`,
    {},
    { main: `error_log ${server},facility=local0 notice;`, http: 'log_format plain "asked $uri";' },
  );
  await hears(/^<133>\w{3} [ \d]\d [\d:]{8} nginx: \S+ \S+ \[notice\] .*start worker processes/);
  await nginx.ask('/before');
  await hears(/^<190>.* web: asked \/before$/);
  first.close();
  await once(first, 'close');
  await nginx.ask('/lost');
  // That nobody listens is learnt by sending; until it is told, a line may still be on its way.
  for (const end = Date.now() + PATIENCE_MS; !UNREACHABLE.test(nginx.server.log) && Date.now() < end; ) {
    await nginx.ask('/unheard');
    await delay(ASK_EACH_MS);
  }
  assert.match(nginx.server.log, UNREACHABLE);
  await listen(port);
  await nginx.ask('/after');
  await hears(/web: asked \/after$/);
  nginx.server.signal('SIGTERM');
  await nginx.server.exit;
  await hears(/\[notice\] .*stopped/);
  assert.ok(!lines.some((line) => line.includes('asked /lost')));
});
