// What an application of uWSGI's has beside its workers: caches, locks, mules, spoolers, timers, crons, daemons.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { makeFolder, PORTICO, Server } from './server.ts';
import { until } from './waiting.ts';

const START_MS = 30_000;

/** Evaluates what is asked for; what runs elsewhere writes a line into `notes`. */
const APP = `
import os, time
from urllib.parse import unquote
import uwsgi
from uwsgidecorators import cron, lock, mulefunc, postfork, spool, spoolraw, timer

def note(text):
    with open('notes.txt' if os.path.exists('app.py') else os.environ['NOTES'], 'a') as file:
        file.write('%s worker%d mule%d\\n' % (text, uwsgi.worker_id(), uwsgi.mule_id()))

@postfork
def forked():
    note('forked')

@timer(1)
def every_second(signal):
    note('timer')

@timer(1, target='mule2')
def in_mule(signal):
    note('timer-in-mule')

@cron(-1, -1, -1, -1, -1)
def every_minute(signal):
    note('cron')

@mulefunc(1)
def heavy(first, second=0):
    note('heavy %r %r' % (first, second))

@spool(pass_arguments=True)
def mail(to, text=''):
    note('mail %s %s' % (to, text))

@spoolraw
def raw(task):
    note('raw %s' % task['a'])
    return uwsgi.SPOOL_OK

@lock
def alone():
    return 'alone'

def killed_with_lock():
    uwsgi.lock()
    os.kill(os.getpid(), 9)

def stuck():
    uwsgi.set_user_harakiri(1)
    time.sleep(20)

def application(environ, start_response):
    try:
        answer = repr(eval(unquote(environ['QUERY_STRING'])))
    except Exception as error:
        answer = '%s: %s' % (type(error).__name__, error)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [answer.encode()]
`;

async function start(args: readonly string[], folder = makeFolder()): Promise<{ server: Server; folder: string }> {
  writeFileSync(join(folder, 'app.py'), APP);
  writeFileSync(join(folder, 'short.py'), '');
  const { PATH, HOME } = process.env;
  const spooler = args.includes('--spooler') ? [] : ['--spooler', 'jobs'];
  const words = [
    ...spooler,
    '--http-socket',
    '127.0.0.1:0',
    '--wsgi-file',
    'app.py',
    '--master',
    '--need-app',
    ...args,
  ];
  const child = spawn(PORTICO, ['uwsgi', ...words], {
    cwd: folder,
    env: {
      ...{ PATH, HOME, TMPDIR: folder, PORTICO_CONTROL_SOCKET: folder, PORTICO_EDGE_THREADS: '1' },
      NOTES: join(folder, 'notes.txt'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, folder);
  await server.logged(/is ready \(/, START_MS);
  return { server, folder };
}

async function value(server: Server, expression: string): Promise<string> {
  return (await server.ask(`/?${encodeURIComponent(expression)}`)).body;
}

/** Asks until the answer is this one. */
async function becomes(server: Server, expression: string, wanted: string): Promise<void> {
  for (let left = 50; (await value(server, expression)) !== wanted; left -= 1) {
    assert.ok(left > 0, `${expression} is not ${wanted}`);
    await setTimeout(100);
  }
}

function notes(folder: string): string {
  const path = join(folder, 'notes.txt');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

test('caches, locks and numbers of workers are shared, and a killed worker holds nothing', async () => {
  const { server } = await start(['--processes', '2', '--cache2', 'name=one,items=10,blocksize=20', '--locks', '1']);
  await using _ = server;
  assert.equal(await value(server, `uwsgi.cache_set('a', 'b')`), 'True');
  assert.equal(await value(server, `uwsgi.cache_set('a', 'b')`), 'None');
  assert.equal(await value(server, `uwsgi.cache_update('long', 'x' * 21)`), 'None');
  for (let count = 0; count < 4; count += 1) {
    assert.equal(await value(server, `uwsgi.cache_get('a')`), `b'b'`);
  }
  assert.equal(await value(server, 'alone()'), `'alone'`);
  assert.equal((await server.ask(`/?${encodeURIComponent('killed_with_lock()')}`)).status, 502);
  assert.equal(await value(server, 'uwsgi.is_locked()'), 'False');
  assert.equal(await value(server, 'alone()'), `'alone'`);
  await becomes(server, `sorted(w['id'] for w in uwsgi.workers() if w['pid'])`, '[1, 2]');
  assert.match(await value(server, `uwsgi.opt['cache2'], uwsgi.opt['master']`), /^\(b'name=one,.*', True\)$/);
  assert.match(await value(server, 'uwsgi.queue_push(1)'), /^NotOffered: uwsgi.queue_push is not offered by Portico/);
});

test('mules and spoolers do what they are told, timers and crons go on, and a reload replaces them', async () => {
  const { server, folder } = await start([
    '--mules',
    '2',
    '--spooler',
    'jobs',
    '--attach-daemon',
    'echo $$ >> daemons.txt; exec sleep 1000',
    '--cron2',
    'echo cron-has-run',
  ]);
  await using _ = server;
  await value(server, 'heavy(1, second=2)');
  await value(server, `mail('me', text='hello')`);
  await value(server, `raw({'a': 'b'})`);
  for (const line of [
    'forked worker1 mule0',
    'heavy 1 2 worker0 mule1',
    'mail me hello worker0 mule0',
    'raw b worker0 mule0',
    'timer worker1 mule0',
    'timer-in-mule worker0 mule2',
    'cron worker1 mule0',
  ]) {
    await until(line, () => notes(folder).includes(line));
  }
  await server.logged(/cron "echo cron-has-run": cron-has-run/);
  const daemons = () => readFileSync(join(folder, 'daemons.txt'), 'utf8').trim().split('\n').map(Number);
  assert.equal(daemons().length, 1);
  assert.equal(await value(server, 'uwsgi.reload()'), 'True');
  await server.logged(/reloaded: the new workers serve/);
  await until('there is another daemon', () => daemons().length === 2);
  const [first = 0, second = 0] = daemons();
  assert.throws(() => process.kill(first, 0));
  process.kill(second, 0);
  const before = notes(folder).length;
  await value(server, 'heavy(3)');
  await until('the new mule has done it', () => notes(folder).slice(before).includes('heavy 3 0 worker0 mule1'));
  assert.equal(await value(server, 'uwsgi.stop()'), 'True');
  assert.equal(await server.exit, 0);
  assert.throws(() => process.kill(second, 0));
});

test('a mule that ends at once is started again later and later, and a folder that was removed is made again', async () => {
  const { server, folder } = await start(['--mule=short.py', '--spooler', 'jobs', '--spooler-frequency', '1']);
  await using _ = server;
  await server.logged(
    /mule1 \(pid \d+\) has ended .*; it is started again in 0\.5 s[\s\S]*in 1 s[\s\S]*in 2 s/,
    START_MS,
  );
  rmSync(join(folder, 'jobs'), { recursive: true });
  await value(server, `raw({'a': 'again'})`);
  await until('the task is done', () => notes(folder).includes('raw again'));
  // As uWSGI writes it: kind 17, the size of the variables, then each behind its size.
  const [name, text] = ['ud_spool_func', 'raw'];
  const pair = (key: string, words: string) =>
    Buffer.concat([key, words].map((part) => Buffer.concat([Buffer.from([part.length, 0]), Buffer.from(part)])));
  const variables = Buffer.concat([pair(name, text), pair('a', 'left')]);
  const file = Buffer.concat([Buffer.from([17, variables.length, 0, 0]), variables]);
  writeFileSync(join(folder, 'jobs', 'uwsgi_spoolfile_on_other_1_1_1_1_1'), file);
  await until('what another server has left is done', () => notes(folder).includes('raw left'));
});

test('a request that has had its own time is lost with its worker, which says where it was', async () => {
  const { server } = await start(['--processes', '1', '--lazy-apps', '--threads', '2']);
  await using _ = server;
  assert.equal((await server.ask(`/?${encodeURIComponent('stuck()')}`)).status, 502);
  await server.logged(/HARAKIRI: a request of worker 1 [\s\S]*line \d+ in stuck/);
  await becomes(server, 'uwsgi.worker_id()', '1');
});
