// uwsgitop looks at a busy server of ours, and shows what is so.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';
import { until } from '../integration/waiting.ts';
import { pythonProgram } from './programs.ts';
import { showScreen } from './terminal-screen.ts';

/** `/hold` runs until the file `go` is there. */
const APP = `
import os, time

def application(environ, start):
    while environ['PATH_INFO'] == '/hold' and not os.path.exists('go'):
        time.sleep(0.01)
    if environ['PATH_INFO'] == '/raise':
        raise ValueError('no')
    start('200 OK', [('Content-Type', 'text/plain')])
    return [b'x' * 1000]
`;

/** uwsgitop in a terminal of its own. */
function look(address: string, server: Server): { child: ChildProcess; screen: () => string } {
  const command = `stty rows 40 cols 200; exec ${pythonProgram('uwsgitop')} ${address}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: server.folder,
    env: { PATH: process.env['PATH'], TERM: 'linux', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout?.setEncoding('latin1').on('data', (text: string) => {
    written += text;
  });
  return { child, screen: () => showScreen(written) };
}

const COLUMNS = 16;
/** The columns of a worker: WID, %, PID, REQ, RPS, EXC, SIG, STATUS, AVG, RSS, VSZ, TX, ReSpwn, HC, RunT, LastSpwn. */
function rowsOf(screen: string): string[][] {
  return screen
    .split('\n')
    .slice(3)
    .filter((line) => /^ \d/.test(line))
    .map((line) => line.trim().split(/\s+/));
}

test('uwsgitop shows workers that are busy, how many requests each has had, and how many come in a second', async () => {
  await using server = await serve({ app: APP, args: ['--stats', './stats.sock', '--workers', '2'] });
  await server.ask('/raise');
  using held = await server.connect();
  held.send('GET /hold HTTP/1.1\r\nHost: site.test\r\n\r\n');
  const { child, screen } = look('stats.sock', server);
  try {
    const before = await rowsWhen('a worker is busy', screen, (rows) => rows.some((row) => row[7] === 'busy'));
    assert.equal(before.length, 2);
    assert.deepEqual(new Set(before.map(([id]) => id)), new Set(['1', '2']));
    assert.deepEqual(new Set(before.map((row) => row[7])), new Set(['busy', 'idle']));
    assert.deepEqual(
      before.map((row) => Number(row[2])).toSorted((a, b) => a - b),
      server.workerPids,
    );
    assert.equal(sumOf(before, 3), 1);
    assert.equal(sumOf(before, 5), 1);
    assert.match(screen(), new RegExp(`masterpid: ${server.pid}`));
    for (let number = 0; number < 100; number += 1) await server.ask('/');
    const rows = await rowsWhen('all are shown', screen, (all) => sumOf(all, 3) === 101);
    // All of them went to the other one.
    assert.deepEqual(
      rows.map((row) => [row[3], row[7]]).find(([, status]) => status === 'busy'),
      ['1', 'busy'],
    );
    assert.match(rows[0]?.[9] ?? '', /^\d+(\.\d)?M$/);
    writeFileSync(join(server.folder, 'go'), '');
    assert.equal((await held.read()).status, 200);
    await rowsWhen('nobody is busy', screen, (all) => all.every((row) => row[7] === 'idle'));
    const rates: number[] = [];
    for (let number = 0; number < 300; number += 1) {
      await server.ask('/');
      rates.push(Number(/RPS: (\d+)/.exec(screen())?.[1] ?? 0));
      await delay(5);
    }
    assert.ok(Math.max(...rates) > 10, `requests a second: ${Math.max(...rates)}`);
    child.stdin?.write('q');
    assert.deepEqual((await once(child, 'exit'))[0], 0);
  } finally {
    child.kill('SIGKILL');
  }
});

/** Those of both workers, once they are so. The screen is looked at while it is drawn as well, when rows are not whole. */
async function rowsWhen(
  what: string,
  screen: () => string,
  isSo: (rows: readonly string[][]) => boolean,
): Promise<string[][]> {
  let rows: string[][] = [];
  await until(what, () => {
    rows = rowsOf(screen());
    return rows.length === 2 && rows.every((row) => row.length === COLUMNS) && isSo(rows);
  });
  return rows;
}

function sumOf(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}
