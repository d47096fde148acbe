// Requests are sent ahead to a worker that has been fast. If one turns out slow, those behind it are taken back and run elsewhere.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';

const APP = `
import threading, time
ran, lock = [], threading.Lock()

def application(environ, start):
    if environ['PATH_INFO'] == '/slow':
        time.sleep(1)
    start('200 OK', [])
    return [environ['QUERY_STRING'].encode()]
`;
const CONNECTIONS = 16;
const SLOW_TURN = 60;
const TURNS = 200;

for (const edgeThreads of ['1', '2']) {
  test(`one slow request amid fast ones holds none of them, ${edgeThreads} edge threads`, async () => {
    await using server = await serve({ app: APP, args: ['--workers', '2', '--edge-threads', edgeThreads] });
    const target = (connection: number, turn: number) => {
      if (turn >= TURNS) return undefined;
      return connection === 0 && turn === SLOW_TURN ? '/slow?slow' : `/fast?${connection}-${turn}`;
    };
    const began = performance.now();
    const asked = await new Load(server, { connections: CONNECTIONS, target }).finish();
    assert.deepEqual(failures(asked), []);
    assert.ok(
      asked.every(({ target: sent, body }) => sent.endsWith(`?${body}`)),
      'an answer went to another request',
    );
    const slow = asked.filter(({ target: sent }) => sent.startsWith('/slow'));
    assert.equal(slow.length, 1);
    const fast = asked.filter(({ target: sent }) => sent.startsWith('/fast'));
    const worst = Math.max(...fast.map(({ tookMs }) => tookMs));
    assert.ok(worst < 200, `a fast request took ${worst.toFixed(0)} ms`);
    assert.ok(performance.now() - began < 10_000);
  });
}
