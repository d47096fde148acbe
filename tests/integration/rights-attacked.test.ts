// What an application can do with its user's rights, and no more, where root has started the server for that user: whatever it says to the supervisor, and whatever stands in its files.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { canActForUser } from './of-root.ts';
import { isAlive } from './processes.ts';
import { makeFolder, serve } from './server.ts';

const options = { skip: canActForUser ? false : 'needs root, and a checkout that all can read' };
const ANSWER = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;
const ARGS = ['--user', 'nobody', '--python', '/usr/bin/python3'];
const ENV = { TMPDIR: '/tmp' };

function siteFolder(): string {
  const folder = makeFolder();
  chmodSync(folder, 0o755);
  return folder;
}

test("a zygote's word kills nothing of others", options, async () => {
  const victim = spawn('sleep', ['300'], { stdio: 'ignore' });
  // Where the first zygote forks its second worker, it says another number than that of the worker, and dies.
  const app = `
import json, os, socket
forks = []
def lie():
    forks.append(1)
    if len(forks) != 2:
        return
    for fd in range(3, 1024):
        try:
            peer = socket.socket(fileno=os.dup(fd))
            for worker in range(1, 5):
                said = {'kind': 'spawned', 'worker': worker, 'pid': ${victim.pid}, 'log': 0, 'logInode': 1}
                peer.sendall(json.dumps(said).encode() + b'\\n')
        except (OSError, ValueError):
            pass
    os._exit(1)
os.register_at_fork(before=lie)
${ANSWER}`;
  try {
    await using server = await serve({ app, folder: siteFolder(), env: ENV, args: [...ARGS, '--log-level', 'debug'] });
    process.kill(server.workerPids[0] ?? 0, 'SIGKILL');
    await server.logged(/the output of \w+ comes through its zygote: /);
    await server.logged(/ERROR portico: the process that forks the workers exited with code 1/);
    assert.equal((await server.ask('/')).body, 'hello');
    assert.ok(isAlive(victim.pid ?? 0));
  } finally {
    victim.kill('SIGKILL');
  }
});

test("a worker's log is opened with the user's rights: no pipe of root's is read", options, async () => {
  const folder = siteFolder();
  const pipes = join(folder, 'roots');
  mkdirSync(pipes);
  execFileSync('mkfifo', ['-m', '600', join(pipes, 'fifo')]);
  // O_PATH takes no right to the file itself; its number is said to be that of the pipe of a worker.
  const app = `
import json, os, socket
def lie():
    fifo = os.open('${pipes}/fifo', os.O_PATH)
    said = {'kind': 'piped', 'log': fifo, 'logInode': os.fstat(fifo).st_ino}
    for fd in range(3, 1024):
        try:
            socket.socket(fileno=os.dup(fd)).sendall(json.dumps(said).encode() + b'\\n')
        except (OSError, ValueError):
            pass
os.register_at_fork(before=lie)
${ANSWER}`;
  await using server = await serve({ app, folder, env: ENV, args: [...ARGS, '--log-level', 'debug'] });
  await server.logged(/DEBUG .*the output of the zygote is no pipe: EACCES/);
  const held = readdirSync(`/proc/${server.pid}/fd`).map((fd) => {
    try {
      return execFileSync('readlink', [`/proc/${server.pid}/fd/${fd}`], { encoding: 'utf8' });
    } catch {
      return '';
    }
  });
  assert.ok(!held.some((path) => path.includes('roots/fifo')));
  assert.equal((await server.ask('/')).body, 'hello');
});

test("variables of the user's file govern no process while that is still root's", options, async () => {
  const folder = siteFolder();
  const marker = join(folder, 'users', 'marker');
  mkdirSync(join(folder, 'users'));
  chmodSync(join(folder, 'users'), 0o777);
  const module = join(folder, 'users', 'evil.cjs');
  writeFileSync(module, `require('node:fs').writeFileSync(${JSON.stringify(marker)}, String(process.geteuid()));`);
  const variables = [`NODE_OPTIONS=--require=${module}`, `NODE_COMPILE_CACHE=${folder}/users/cache`, 'A=b'];
  writeFileSync(join(folder, 'env'), `${variables.join('\n')}\n`);
  const app = `
import os
def application(environ, start_response):
    start_response('200 OK', [])
    return [os.environ['NODE_OPTIONS'].encode(), os.environ['A'].encode()]
`;
  const args = [...ARGS, '--env-file', join(folder, 'env')];
  await using server = await serve({ app, folder, env: ENV, args });
  assert.equal((await server.ask('/')).body, `--require=${module}b`);
  assert.ok(!existsSync(marker));
  assert.ok(!existsSync(join(folder, 'users/cache')));
});

test('the Python of the user begins with its rights, and root reads no variables for it', options, async () => {
  const folder = siteFolder();
  const said = join(folder, 'said');
  mkdirSync(said);
  chmodSync(said, 0o777);
  // It is the user's to write: a virtual environment of the application, say.
  const python = join(folder, 'python');
  writeFileSync(python, `#!/bin/sh\nid -u > ${said}/$$\nexec /usr/bin/python3 "$@"\n`, { mode: 0o755 });
  const args = ['--user', 'nobody', '--python', python];
  {
    await using server = await serve({ app: ANSWER, folder, env: ENV, args });
    server.signal('SIGHUP');
    await server.logged(/INFO portico: reloaded:/);
    const ids = execFileSync('sh', ['-c', `cat ${said}/*`], { encoding: 'utf8' })
      .trim()
      .split('\n');
    assert.deepEqual([...new Set(ids)], ['65534']);
    assert.equal(ids.length, 2, server.log);
  }
});

test("an environment file behind a link of the user's is not read for the user", options, async () => {
  const folder = siteFolder();
  writeFileSync(join(folder, 'secret'), 'KEY=of-root\n', { mode: 0o600 });
  const link = join(folder, 'env');
  writeFileSync(link, 'A=b\n');
  const args = [...ARGS, '--env-file', link];
  await using server = await serve({ app: ANSWER, folder, env: ENV, args });
  execFileSync('rm', [link]);
  symlinkSync(join(folder, 'secret'), link);
  server.signal('SIGHUP');
  await server.logged(/--env-file: \S+ cannot be read \(EACCES\)/);
  assert.equal((await server.ask('/')).body, 'hello');
});
