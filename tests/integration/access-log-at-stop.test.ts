// A request that a stop cuts off is in the access log like any other whose client did not get its answer.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
import time

def application(environ, start):
    print('began', flush=True)
    time.sleep(5)
    start('200 OK', [])
    return [b'late']
`;

test('the line of the last request is written before the edge ends', async () => {
  await using server = await serve({ app: APP, args: ['--access-log', 'access.log', '--graceful-timeout', '1'] });
  using client = await server.connect();
  client.send('GET /cut HTTP/1.1\r\nHost: a\r\n\r\n');
  await server.logged(/began/);
  server.signal('SIGTERM');
  await server.exit;
  assert.match(readFileSync(join(server.folder, 'access.log'), 'latin1'), /"GET \/cut HTTP\/1\.1" 499 /);
});
