// A server is sent all of a body although its client has left, where the configuration says so.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

/** More than sockets hold on their way, and than is kept in memory. */
const BODY_BYTES = 24 * 1024 * 1024;

test('proxy_ignore_client_abort: the body of a client that has left is sent to its end', async () => {
  let held: Socket | undefined;
  let isWanted = false;
  await using backend = await runBackend((request, socket) => {
    if (!isWanted) {
      held = socket.pause();
      return undefined;
    }
    return request.length > BODY_BYTES && isWhole(request) ? 'HTTP/1.0 200 OK\r\n\r\n' : undefined;
  });
  await using nginx = await runNginx(
    `location / { client_max_body_size 0; proxy_ignore_client_abort on; proxy_pass http://127.0.0.1:${backend.port}; }`,
    {},
    { http: 'access_log access.log;' },
  );
  const client = connect(nginx.port, '127.0.0.1');
  client.write(`POST /kept HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_BYTES}\r\n\r\n${'b'.repeat(BODY_BYTES)}`);
  await until('the server is asked', () => held !== undefined);
  client.resetAndDestroy();
  const log = join(nginx.server.folder, 'access.log');
  await until('the client is known to have left', () => readFileSync(log, 'latin1').includes('/kept'));
  isWanted = true;
  held?.resume();
  await until('the server has all of the body', () => backend.requests.length === 1);
  assert.equal(backend.requests[0]?.endsWith('b'.repeat(BODY_BYTES)), true);
});
