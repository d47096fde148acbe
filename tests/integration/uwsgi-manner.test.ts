// `portico uwsgi` answers signals, the letters of its master FIFO and touched files as uWSGI 2.0 does, and its log has uWSGI's word for a request that takes too long.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
import os, time
def application(environ, start_response):
    if environ['QUERY_STRING']:
        time.sleep(float(environ['QUERY_STRING']))
    start_response('200 OK', [('Content-Length', '2')])
    return [b'ok']
`;

class Uwsgi extends Server {
  readonly #port: number;

  constructor(folder: string, port: number, args: readonly string[]) {
    const child = spawn(
      PORTICO,
      ['uwsgi', '--http-socket', `127.0.0.1:${port}`, '--wsgi-file', 'app.py', '--master', ...args],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    super(child, folder);
    this.#port = port;
  }

  override get port(): number {
    return this.#port;
  }

  static async start(...args: readonly string[]): Promise<Uwsgi> {
    const folder = makeFolder();
    writeFileSync(join(folder, 'app.py'), APP);
    writeFileSync(join(folder, 'touched'), '');
    const server = new Uwsgi(folder, await findPort(), args);
    await server.logged(/is ready \(/, START_MS);
    return server;
  }

  say(letters: string): void {
    writeFileSync(join(this.folder, 'fifo'), letters);
  }
}

test('TERM loads the application again at once, and INT ends the server', async () => {
  await using server = await Uwsgi.start();
  const before = server.workerPids;
  server.signal('SIGTERM');
  await server.logged(/SIGTERM: reloading/);
  assert.equal((await server.ask('/')).status, 200);
  await until('the workers are others', () => server.workerPids.every((pid) => !before.includes(pid)));
  server.signal('SIGINT');
  assert.equal(await within(5000, 'the end', server.exit), 0);
});

test('with die-on-term TERM ends it; USR1 tells of the workers, TSTP has it take no connections', async () => {
  await using server = await Uwsgi.start('--die-on-term');
  server.signal('SIGUSR1');
  await server.logged(/worker w1 \(pid \d+\) is ready since/);
  server.signal('SIGTSTP');
  await server.logged(/SIGTSTP: no new connections are taken/);
  server.signal('SIGTSTP');
  await server.logged(/SIGTSTP: connections are taken again/);
  await until('it serves', () => true);
  assert.equal((await server.ask('/')).status, 200);
  server.signal('SIGTERM');
  assert.equal(await within(5000, 'the end', server.exit), 0);
});

test('letters of the master FIFO are obeyed, and those without a meaning are told', async () => {
  await using server = await Uwsgi.start('--master-fifo', 'fifo');
  await until('the pipe is there', () => existsSync(join(server.folder, 'fifo')));
  server.say('+');
  await until('there are two workers', () => server.workerPids.length === 2);
  server.say('-s');
  await until('there is one worker', () => server.workerPids.length === 1);
  server.say('LZ');
  await server.logged(/master-fifo: "L" does nothing here: logs are rotated by logrotate/);
  await server.logged(/master-fifo: "Z" is no command/);
  server.say('c');
  await server.logged(/reloaded:/);
  server.say('C');
  await until('there is no worker', () => server.workerPids.length === 0);
  assert.equal((await server.ask('/')).status, 200);
  server.say('q');
  assert.equal(await within(5000, 'the end', server.exit), 0);
});

test('a touched file has the application loaded again, and another the logs opened', async () => {
  await using server = await Uwsgi.start('--touch-reload', 'touched', '--touch-logreopen', 'rotate');
  utimesSync(join(server.folder, 'touched'), new Date(), new Date(Date.now() + 5000));
  await server.logged(/touched was touched: reloading/);
  await server.logged(/reloaded:/);
  writeFileSync(join(server.folder, 'rotate'), '');
  await server.logged(/the logs were opened again/);
});

test('a request that takes too long is HARAKIRI in the log', async () => {
  await using server = await Uwsgi.start('--harakiri', '1');
  using client = await Client.open(server.port);
  client.send('GET /?20 HTTP/1.1\r\nHost: site.test\r\n\r\n');
  assert.equal((await client.read()).status, 504);
  await server.logged(/\*\*\* HARAKIRI ON WORKER 1 \(pid: \d+, try: 1\) \*\*\*/);
});
