// The command line of gunicorn starts a server that behaves as gunicorn would.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, PORTICO, Server } from './server.ts';

const APP = `
import os

def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [os.environ['STAGE'].encode()]
`;
const START_MS = 30_000;

test('portico gunicorn serves with what the command line and GUNICORN_CMD_ARGS say', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'shop.py'), APP);
  const { PATH } = process.env;
  const child = spawn(PORTICO, ['gunicorn', 'shop', '--bind', '127.0.0.1:0', '-w', '2', '--threads', '2'], {
    cwd: folder,
    env: {
      PATH,
      HOME: folder,
      TMPDIR: folder,
      PORTICO_EDGE_THREADS: '1',
      GUNICORN_CMD_ARGS: '-e STAGE=live --bind :1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await using server = new Server(child, folder);
  await server.logged(/is ready \(/, START_MS);
  const { status, body } = await server.ask('/');
  assert.deepEqual([status, body], [200, 'live']);
});
