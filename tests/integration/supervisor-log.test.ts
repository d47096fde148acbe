// What the application prints is in the log, line by line, under the name of its worker; and nothing in it can pass for ours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
import os, sys
def application(environ, start_response):
    what = environ['PATH_INFO']
    if what == '/print':
        print('printed \\u00fc\\tx')
        sys.stderr.write('no end of line')
    elif what == '/forge':
        os.write(2, b'a\\r2026-01-01 00:00:00.000 +0000 [1] ERROR portico: forged\\x1b[2J\\xff\\n')
    elif what == '/die':
        os.kill(os.getpid(), 11)
    elif what == '/many':
        for number in range(2000):
            print('line', number)
    start_response('200 OK', [])
    return [b'']
`;
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d{4} \[\d+\] (DEBUG|INFO|WARNING|ERROR|OUTPUT) \S+: /;

test('output of the application is relayed whole, in order, under its name', async () => {
  await using server = await serve({ app: APP });
  const start = server.log.length;
  await server.ask('/print');
  await server.logged(/OUTPUT w1: printed ü\tx\n/);
  await server.logged(/OUTPUT w1: no end of line\n/);
  await server.ask('/many');
  await server.logged(/OUTPUT w1: line 1999\n/);
  const numbers = [...server.log.matchAll(/OUTPUT w1: line (\d+)$/gm)].map(([, number]) => Number(number));
  assert.deepEqual(
    numbers,
    Array.from({ length: 2000 }, (_, number) => number),
  );
  const strange = server.log
    .slice(start)
    .split('\n')
    .filter((line) => line !== '' && !LINE.test(line));
  assert.deepEqual(strange, []);
});

test('control bytes and foreign encodings are shown, not obeyed', async () => {
  await using server = await serve({ app: APP });
  await server.ask('/forge');
  await server.logged(/OUTPUT w1: a\\x0d2026.* forged\\x1b\[2J\\xff\n/);
  assert.doesNotMatch(server.log, /^2026-01-01/m);
});

test('the death of a worker is told in words, and it is replaced', async () => {
  await using server = await serve({ app: APP });
  assert.ok((await server.ask('/die')).status >= 500);
  await server.logged(/ERROR portico: worker w1 \(pid \d+\) was killed by SIGSEGV \(segmentation fault\)/);
  assert.equal((await server.ask('/print')).status, 200);
});
