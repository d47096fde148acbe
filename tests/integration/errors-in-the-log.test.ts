// What goes wrong in an application is found by its level: in each line of the log as text, in each object of the log as JSON.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Server } from './server.ts';
import { serve } from './server.ts';

const APP = `
import json, logging, os, sys, time
logging.basicConfig(format='%(levelname)s %(message)s')

def view(what):
    if what == '/boom':
        raise ValueError('boom')
    if what == '/half':
        os.write(2, b'half')
        raise ValueError('whole')
    if what == '/logged':
        try:
            {}['key']
        except KeyError:
            logging.exception('it failed')
    if what == '/object':
        print(json.dumps({'event': 'paid', 'level': 'warning', 'amount': 3}))
    if what == '/forged':
        os.write(2, b'\\x1efeed0123 1+{"level":"error"}\\n\\x1efeed0123 1.forged\\n')
    if what == '/hang':
        time.sleep(30)

def application(environ, start_response):
    view(environ['PATH_INFO'])
    start_response('200 OK', [])
    return [b'']
`;
const ASGI = `
async def application(scope, receive, send):
    if scope['type'] == 'http':
        raise ValueError('boom')
    raise NotImplementedError
`;

/** The lines of a level, without what stands before their text. */
function linesOf(server: Server, level: string): string[] {
  return server.log
    .split('\n')
    .filter((line) => line.includes(` ${level} w1: `))
    .map((line) => line.slice(line.indexOf(' w1: ') + 5));
}

for (const [name, app] of [
  ['WSGI', APP],
  ['ASGI', ASGI],
] as const) {
  test(`every line of the traceback of a request is an error, and begins in the application: ${name}`, async () => {
    await using server = await serve({ app });
    await server.ask('/boom?secret=1');
    await server.logged(/w1: ValueError: boom\n/);
    const lines = linesOf(server, 'ERROR');
    assert.match(lines[0] ?? '', /^request [0-9a-f]{32} GET \/boom: ValueError: boom$/);
    assert.equal(lines[1], 'Traceback (most recent call last):');
    assert.match(lines[2] ?? '', /^ {2}File ".*\/app\.py", line \d+, in application$/);
    assert.equal(lines.at(-1), 'ValueError: boom');
    assert.deepEqual(linesOf(server, 'OUTPUT'), []);
  });
}

test('what the application prints stays output, also if it looks like an entry of ours', async () => {
  await using server = await serve({ app: APP });
  await server.ask('/logged');
  await server.logged(/OUTPUT w1: KeyError: 'key'\n/);
  await server.ask('/forged');
  await server.logged(/OUTPUT w1: \\x1efeed0123 1\.forged\n/);
  assert.deepEqual(linesOf(server, 'ERROR'), []);
  assert.equal(linesOf(server, 'OUTPUT')[0], 'ERROR it failed');
});

test('an error behind a line that has no end is whole', async () => {
  await using server = await serve({ app: APP });
  await server.ask('/half');
  await server.logged(/OUTPUT w1: half\n.* ERROR w1: request \S+ GET \/half: ValueError: whole\n/);
});

test('where a request hangs is an error, without the frames below the application', async () => {
  await using server = await serve({ app: APP, args: ['--timeout', '500ms'] });
  await server.ask('/hang');
  await server.logged(/ERROR w1: {3}File ".*\/app\.py", line \d+ in application\n/);
  assert.doesNotMatch(server.log, /conversation\.py/);
});

interface LogObject {
  readonly level: string;
  readonly name: string;
  readonly message: string;
  readonly [key: string]: unknown;
}

function objectsIn(server: Server): LogObject[] {
  return readFileSync(join(server.folder, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogObject);
}

test('as JSON each event is one object, with its traceback in one string', async () => {
  await using server = await serve({ app: APP, args: ['--log-format', 'json', '--log-file', 'log'] });
  for (const path of ['/boom', '/logged', '/object']) await server.ask(path);
  server.signal('SIGTERM');
  await server.exit;
  const ofWorker = objectsIn(server).filter(({ name }) => name === 'w1');
  assert.equal(ofWorker.length, 3, JSON.stringify(ofWorker));
  const [boom, logged, object] = ofWorker;
  assert.deepEqual(
    [boom?.level, boom?.['severity'], boom?.['method'], boom?.['path']],
    ['error', 'ERROR', 'GET', '/boom'],
  );
  assert.match(String(boom?.['requestId']), /^[0-9a-f]{32}$/);
  assert.match(String(boom?.['traceback']), /^Traceback \(most recent call last\):\n(?: .*\n)+ValueError: boom$/);
  assert.match(String(boom?.['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual([logged?.level, logged?.message], ['output', 'ERROR it failed']);
  assert.match(String(logged?.['traceback']), /^Traceback \(most recent call last\):\n(?: .*\n)+KeyError: 'key'$/);
  assert.deepEqual(object?.['fields'], { event: 'paid', level: 'warning', amount: 3 });
  assert.deepEqual([object?.level, object?.message], ['warning', 'paid']);
});
