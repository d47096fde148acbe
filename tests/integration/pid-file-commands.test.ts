// portico stop and portico reload: by a pid file, never the wrong process, and they say what has become of it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { portico as command } from './commands.ts';
import { launch, makeFolder, serve } from './server.ts';

const app = (answer: string): string =>
  `def application(environ, start):\n    start('200 OK', [])\n    return [b'${answer}']\n`;

/** Where no server has a control socket. */
const NOWHERE = makeFolder();

async function portico(...args: string[]): Promise<{ readonly code: unknown; readonly said: string }> {
  const { code, out, error } = await command(NOWHERE, args);
  return { code, said: out + error };
}

test('reload waits for the new version, or fails with the old one at work; stop waits for the end', async () => {
  await using server = await serve({ app: app('one'), args: ['--pid-file', 'pid'] });
  const pidFile = join(server.folder, 'pid');
  const code = join(server.folder, 'app.py');
  writeFileSync(code, app('two'));
  assert.deepEqual(await portico('reload', '--pid-file', pidFile), {
    code: 0,
    said: 'portico reload: the new version serves.\n',
  });
  assert.equal((await server.ask('/')).body, 'two');
  writeFileSync(code, 'def broken(:\n');
  const failed = await portico('reload', '-p', pidFile);
  assert.equal(failed.code, 1);
  assert.match(failed.said, /cannot be loaded, and the version before it serves on/);
  assert.equal((await server.ask('/')).body, 'two');
  const stopped = await portico('stop', pidFile);
  assert.deepEqual(stopped, { code: 0, said: `portico stop: process ${server.pid} has stopped.\n` });
  assert.equal(await server.exit, 0);
  assert.equal(existsSync(pidFile), false);
  assert.match((await portico('stop', pidFile)).said, /there is no file/);
});

test('reload counts while a server starts, and where the code was broken from the start', async () => {
  const args = ['--pid-file', 'pid', '--reload'];
  await using broken = launch({ app: 'def broken(:\n', args });
  await broken.logged(/Mend it/);
  const failed = await portico('reload', join(broken.folder, 'pid'));
  assert.equal(failed.code, 1);
  assert.match(failed.said, /cannot be loaded, and requests get a page that says why/);
  await using slow = launch({ app: `print('loads', flush=True)\nimport time\ntime.sleep(0.5)\n${app('one')}`, args });
  await slow.logged(/loads/);
  assert.equal((await portico('reload', join(slow.folder, 'pid'), '--timeout', '20s')).code, 0);
  await slow.logged(/is ready/);
});

test('a server that does not end in time is told of, and --now ends it', async () => {
  const slow = `import time\n${app('late').replace('    start', "    print('runs', flush=True)\n    time.sleep(60)\n    start")}`;
  await using server = await serve({ app: slow, args: ['--pid-file', 'pid'] });
  const pidFile = join(server.folder, 'pid');
  using client = await server.connect();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await server.logged(/OUTPUT w1: runs/);
  const late = await portico('stop', '--pidfile', pidFile, '--timeout', '100ms');
  assert.equal(late.code, 1);
  assert.match(late.said, /was told to stop, and has not ended within 0\.1 s/);
  assert.match((await portico('reload', pidFile)).said, /is stopping/);
  assert.equal((await portico('stop', pidFile, '--now')).code, 0);
});

test('a process that did not write the file is left alone, whatever it calls itself', async () => {
  const pidFile = join(makeFolder(), 'pid');
  const other = spawn('sleep', ['60'], { argv0: 'portico serve shop', stdio: 'ignore' });
  const answers: readonly (readonly [string, RegExp])[] = [
    [`${other.pid}\n`, /is another program now, which did not write it\. Nothing is done/],
    ['', /is empty: its server has ended/],
    ['4711 4712', /is no pid file: it has no number in it/],
    ['-1', /no number in it/],
    ['x'.repeat(1000), /is no pid file/],
    ['4194999999', /there is no process 4194999999 any more/],
  ];
  try {
    for (const [text, words] of answers) {
      writeFileSync(pidFile, text);
      utimesSync(pidFile, new Date(), new Date(Date.now() + 60_000));
      const { code, said } = await portico('stop', '--pid-file', pidFile);
      assert.equal(code, 1, said);
      assert.match(said, words);
    }
    assert.equal(other.exitCode, null, 'it lives');
    assert.match((await portico('stop', '--pid-file', join(pidFile, '..'))).said, /is no pid file/);
  } finally {
    other.kill('SIGKILL');
  }
});

test('without a file and a server of its own the command does nothing, and names the servers that it sees', async () => {
  await using server = await serve({ app: app('one'), args: ['--control-socket', 'off'] });
  const { code, said } = await portico('stop');
  assert.equal(code, 3);
  assert.match(said, new RegExp(`no server of this user runs .*seen .*${server.pid} portico serve app:application`));
  assert.equal((await portico('reload', '--now')).code, 2);
  assert.equal((await portico('stop', '--timeout', 'soon')).code, 2);
  assert.match((await portico('stop', '--help')).said, /^portico stop\n/);
});

test('a server without a control socket is told by signals', async () => {
  await using server = await serve({ app: app('one'), args: ['--pid-file', 'pid', '--control-socket', 'off'] });
  const pidFile = join(server.folder, 'pid');
  writeFileSync(join(server.folder, 'app.py'), app('two'));
  assert.equal((await portico('reload', pidFile)).said, 'portico reload: the new version serves.\n');
  assert.match(server.log, /SIGHUP: reloading/);
  assert.equal((await server.ask('/')).body, 'two');
  writeFileSync(join(server.folder, 'app.py'), 'def broken(:\n');
  assert.match((await portico('reload', pidFile)).said, /serves on\. The log of the server says why/);
  assert.equal((await portico('stop', pidFile)).said, `portico stop: process ${server.pid} has stopped.\n`);
});
