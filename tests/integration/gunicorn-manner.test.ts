// `portico gunicorn` answers signals as gunicorn does, ends with its exit codes, and leaves the terminal where it is asked to.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { launchGunicorn, runGunicorn } from './gunicorn-launch.ts';
import { isAlive } from './processes.ts';
import { until, within } from './waiting.ts';

const APP = `
import time
def application(environ, start_response):
    if environ['QUERY_STRING']:
        print('runs', flush=True)
        time.sleep(float(environ['QUERY_STRING']))
    start_response('200 OK', [('Content-Length', '2')])
    return [b'ok']
`;
const BIND = ['-b', '127.0.0.1:0'];

for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
  test(`${signal} does not wait for what runs`, async () => {
    await using server = await runGunicorn({ files: { 'app.py': APP }, args: [...BIND, 'app'] });
    using client = await server.connect();
    client.send('GET /?20 HTTP/1.1\r\nHost: site.test\r\n\r\n');
    await server.logged(/runs/);
    server.signal(signal);
    assert.equal(await within(5000, 'the end', server.exit), 0);
  });
}

test('TERM waits for what runs, however often it comes', async () => {
  await using server = await runGunicorn({ files: { 'app.py': APP }, args: [...BIND, 'app'] });
  using client = await server.connect();
  client.send('GET /?1 HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await server.logged(/runs/);
  server.signal('SIGTERM');
  await server.logged(/SIGTERM: stopping;/);
  server.signal('SIGTERM');
  assert.equal((await client.read()).body, 'ok');
  assert.equal(await within(5000, 'the end', server.exit), 0);
});

test('the exit code says why the server does not start', async () => {
  const codeOf = async (text: string, target: string): Promise<number | string> => {
    await using server = launchGunicorn({ files: { 'app.py': text }, args: [...BIND, target] });
    return await server.exit;
  };
  assert.equal(await codeOf('raise RuntimeError("no")', 'app'), 3);
  assert.equal(await codeOf(APP, 'app:nothing'), 4);
  assert.equal(await codeOf(APP, 'nowhere'), 3);
});

test('--daemon ends when the server serves, and the pid file names it', async () => {
  const port = await findPort();
  const args = ['-D', '-p', 'pid', '--error-logfile', 'log', '-b', `127.0.0.1:${port}`, 'app'];
  await using starter = launchGunicorn({ files: { 'app.py': APP }, args });
  assert.equal(await within(30_000, 'the end of what was started', starter.exit), 0);
  const pid = Number(readFileSync(join(starter.folder, 'pid'), 'utf8'));
  try {
    assert.equal(starter.log, '');
    using client = await Client.open(port);
    client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
    assert.equal((await client.read()).body, 'ok');
    process.kill(pid, 'SIGWINCH');
    await until('it rests', () => /no new connections/.test(readFileSync(join(starter.folder, 'log'), 'utf8')));
    process.kill(pid, 'SIGHUP');
    await until('it serves again', () => /taken again/.test(readFileSync(join(starter.folder, 'log'), 'utf8')));
  } finally {
    process.kill(pid, 'SIGTERM');
    await until('the server has ended', () => !isAlive(pid));
  }
  assert.equal(existsSync(join(starter.folder, 'pid')), false);
});

test('--daemon says what is in the way, with the exit code of the server', async () => {
  await using starter = launchGunicorn({ files: { 'app.py': APP }, args: ['-D', ...BIND, 'app:nothing'] });
  assert.equal(await within(30_000, 'the end of what was started', starter.exit), 4);
  assert.match(starter.log, /the server cannot start: app has no "nothing"/);
});
