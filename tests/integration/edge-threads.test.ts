// Two edge threads and one worker of one thread: both threads want the same unit, and neither may starve the other's clients.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';

const APP = `
import time

def application(environ, start):
    if environ['QUERY_STRING'] == 'slow':
        time.sleep(0.003)
    start('200 OK', [])
    return [environ['PATH_INFO'].encode()]
`;
const CONNECTIONS = 32;
const TURNS = 40;

for (const kind of ['fast', 'slow', 'mixed']) {
  test(`32 connections, ${kind} requests: all are answered, and no connection waits much longer than the others`, async () => {
    await using server = await serve({ app: APP, args: ['--edge-threads', '2'] });
    assert.ok(readdirSync(`/proc/${server.edgePid}/task`).length > 0);
    const query = (turn: number) => (kind === 'slow' || (kind === 'mixed' && turn % 4 === 0) ? '?slow' : '?fast');
    const target = (connection: number, turn: number) =>
      turn < TURNS ? `/${connection}-${turn}${query(turn)}` : undefined;
    const asked = await new Load(server, { connections: CONNECTIONS, target }).finish();
    assert.equal(asked.length, CONNECTIONS * TURNS);
    assert.deepEqual(failures(asked), []);
    assert.ok(
      asked.every(({ target: sent, body }) => sent.startsWith(`${body}?`)),
      'an answer went to another request',
    );
    const totals = Array.from({ length: CONNECTIONS }, (_, connection) =>
      asked.filter((item) => item.connection === connection).reduce((sum, { tookMs }) => sum + tookMs, 0),
    );
    const median = totals.toSorted((a, b) => a - b)[CONNECTIONS / 2] ?? 0;
    const worst = Math.max(...totals);
    assert.ok(
      worst < 3 * median + 200,
      `a connection waited ${worst.toFixed(0)} ms, half of them ${median.toFixed(0)} or less`,
    );
    const longest = Math.max(...asked.map(({ tookMs }) => tookMs));
    assert.ok(longest < 1000, `one request took ${longest.toFixed(0)} ms`);
  });
}
