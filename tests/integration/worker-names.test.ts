// A worker has one name, whether the supervisor, the edge or the worker itself speaks of it, also when it is not the first in its seat.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
import os, sys
def application(environ, start_response):
    print('I am', os.environ['PORTICO_WORKER'], os.getpid(), flush=True)
    if environ['PATH_INFO'] == '/die':
        os.kill(os.getpid(), 9)
    start_response('200 OK', [])
    return [b'']
`;

test('all lines of the log call a worker by the same name', async () => {
  await using server = await serve({ app: APP });
  for (let death = 1; death <= 2; death += 1) {
    const before = server.log.length;
    assert.equal((await server.ask('/die')).status, 502);
    const [, pid] = await server.logged(/OUTPUT w1: I am w1 (\d+)/, undefined, before);
    await server.logged(new RegExp(`was lost with worker w1 \\(pid ${pid}\\)`), undefined, before);
    await server.logged(new RegExp(`worker w1 \\(pid ${pid}\\) was killed by SIGKILL`), undefined, before);
    assert.equal((await server.ask('/')).status, 200);
  }
  assert.doesNotMatch(server.log, /worker \d/);
});
