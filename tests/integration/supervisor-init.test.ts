// As process number 1 of a container: signals arrive, what is adopted is reaped, and the exit code is the server's.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, PORTICO } from './server.ts';

/** Leaves a process behind, whose parent ends before it does. */
const APP = `
import subprocess
def application(environ, start_response):
    subprocess.run(['sh', '-c', 'sleep 0.05 & exit 0'])
    start_response('200 OK', [])
    return [b'']
`;

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('portico serve is a correct process 1', { skip: canUnshare() ? false : 'needs root and unshare' }, async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'app.py'), APP);
  const args = [
    '--pid',
    '--fork',
    '--mount-proc',
    PORTICO,
    'serve',
    'app:application',
    '--bind',
    'unix:s',
    '--workers',
    '1',
  ];
  const outer = spawn('unshare', args, {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = once(outer, 'exit');
  let log = '';
  outer.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  while (!log.includes('is ready')) {
    await once(outer.stderr, 'data');
  }
  const inits = execFileSync('ps', ['-o', 'pid=', '--ppid', String(outer.pid)], { encoding: 'utf8' }).trim();
  for (let turn = 0; turn < 3; turn += 1) {
    execFileSync('curl', ['-sf', '--unix-socket', join(folder, 's'), 'http://site/']);
  }
  execFileSync('sleep', ['0.3']);
  const children = execFileSync('ps', ['-o', 'stat=,args=', '--ppid', inits], { encoding: 'utf8' });
  assert.doesNotMatch(children, /^Z|defunct/m, 'orphans are reaped');
  process.kill(Number(inits), 'SIGHUP');
  while (!log.includes('reloaded:')) {
    await once(outer.stderr, 'data');
  }
  process.kill(Number(inits), 'SIGTERM');
  assert.deepEqual(await exit, [0, null]);
  assert.match(log, /SIGTERM: stopping/);
  rmSync(folder, { recursive: true });
});
