// A reload that changes how the application is called, from WSGI to ASGI: what waited for workers of the version before is answered by the new one.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from './server.ts';
import { within } from './waiting.ts';

const WSGI = `
import os, time

def application(environ, start):
    if environ['PATH_INFO'] == '/slow':
        print('runs', flush=True)
        while not os.path.exists('go'):
            time.sleep(0.01)
    start('200 OK', [])
    return [b'wsgi']
`;
const ASGI = `
import time
time.sleep(0.3)

async def application(scope, receive, send):
    assert scope['type'] == 'http'
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': b'asgi'})
`;
/** Much less than --queue-timeout, after which the requests would be refused. */
const PATIENCE_MS = 10_000;

test('requests that wait behind a slow one go to the new workers', async () => {
  await using server = await serve({ app: WSGI });
  const slow = server.ask('/slow');
  await server.logged(/OUTPUT w1: runs/);
  const waiting = [server.ask('/a'), server.ask('/b')];
  writeFileSync(join(server.folder, 'app.py'), ASGI);
  server.signal('SIGHUP');
  const answers = await within(PATIENCE_MS, 'the answers', Promise.all(waiting));
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['asgi', 'asgi'],
  );
  writeFileSync(join(server.folder, 'go'), '');
  assert.equal((await slow).body, 'wsgi');
});

test('requests that wait while changed code is loaded go to the new application, with their bodies', async () => {
  await using server = await serve({ app: WSGI, args: ['--reload'] });
  writeFileSync(join(server.folder, 'app.py'), ASGI);
  await server.logged(/app\.py has changed: reloading/);
  const asked = [server.ask('/a'), server.ask('/b', { method: 'POST', body: 'x' })];
  const answers = await within(PATIENCE_MS, 'the answers', Promise.all(asked));
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['asgi', 'asgi'],
  );
});
