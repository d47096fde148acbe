// Started as root with --user: whatever that user has laid where the server writes, no file of another user is given away or written to.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch, makeFolder, serve } from './server.ts';
import { within } from './waiting.ts';

const APP = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;
const NOBODY = 65_534;
const SECRET = 'secret of root\n';
const isReadableByAll = import.meta.dirname
  .split('/')
  .every((_, index, parts) => (statSync(`${parts.slice(0, index + 1).join('/')}/`).mode & 0o005) === 0o005);
const options = {
  skip: process.geteuid?.() === 0 && isReadableByAll ? false : 'needs root, and a checkout that all can read',
};
const USER = ['--user', 'nobody', '--python', '/usr/bin/python3'];
const ENV = { TMPDIR: '/tmp' };
const FLAGS = ['--log-file', '--access-log', '--pid-file'];

/** A site of root's, with a folder that is the user's and a file that is nobody's business. */
function lay() {
  const folder = makeFolder();
  chmodSync(folder, 0o755);
  const users = join(folder, 'users');
  mkdirSync(users);
  chownSync(users, NOBODY, NOBODY);
  const secret = join(folder, 'secret');
  writeFileSync(secret, SECRET, { mode: 0o600 });
  const assertUntouched = (): void => {
    const { uid, mode, nlink } = statSync(secret);
    assert.deepEqual([readFileSync(secret, 'utf8'), uid, mode & 0o777], [SECRET, 0, 0o600], `of ${nlink} names`);
  };
  return { folder, users, secret, assertUntouched };
}

for (const flag of FLAGS) {
  test(`${flag} follows no link of the user's to what the user may not write`, options, async () => {
    const { folder, users, secret, assertUntouched } = lay();
    const path = join(users, 'file');
    symlinkSync(secret, path);
    await using server = launch({ app: APP, folder, env: ENV, args: [...USER, flag, path] });
    if (flag === '--pid-file') {
      await server.logged(/is ready \(/);
      // The link was the user's to replace.
      assert.ok(lstatSync(path).isFile());
    } else {
      assert.equal(await within(10_000, 'the end', server.exit), 1);
      assert.match(server.log, /users\/file cannot be opened by nobody \(EACCES\), and root does not open what others/);
    }
    assertUntouched();
  });

  test(`${flag} takes no other name of a file that is not the user's`, options, async () => {
    const { folder, users, secret, assertUntouched } = lay();
    linkSync(secret, join(users, 'file'));
    await using server = launch({ app: APP, folder, env: ENV, args: [...USER, flag, join(users, 'file')] });
    await (flag === '--pid-file' ? server.logged(/is ready \(/) : server.exit);
    assertUntouched();
  });

  test(`${flag} is not lured away between look and use`, options, async () => {
    const { folder, users, secret, assertUntouched } = lay();
    const path = join(users, 'file');
    const swap = `import os\nwhile True:\n    for act in (lambda: os.symlink(${JSON.stringify(secret)}, 'link'), lambda: os.replace('link', 'file'), lambda: open('new', 'w').close(), lambda: os.replace('new', 'file')):\n        try: act()\n        except OSError: pass`;
    const attacker = spawn('/usr/bin/python3', ['-c', swap], { cwd: users, uid: NOBODY, gid: NOBODY });
    try {
      for (let turn = 0; turn < 2; turn += 1) {
        await using server = launch({
          app: APP,
          folder: join(folder, `site${turn}`),
          env: ENV,
          args: [...USER, flag, path],
        });
        await Promise.race([server.exit, server.logged(/is ready \(/).catch(() => undefined)]);
        assertUntouched();
      }
    } finally {
      attacker.kill('SIGKILL');
    }
    rmSync(folder, { recursive: true });
  });
}

test('a socket in the folder of the user does not change what the user has put in its place', options, async () => {
  const { folder, users, secret, assertUntouched } = lay();
  const path = join(users, 's');
  // Puts a link in the place of the socket as soon as there is one.
  const swap = `import os, stat
os.symlink(${JSON.stringify(secret)}, 'link')
print(flush=True)
while True:
    try:
        if stat.S_ISSOCK(os.lstat('s').st_mode):
            os.replace('link', 's')
            break
    except FileNotFoundError:
        pass`;
  const attacker = spawn('/usr/bin/python3', ['-c', swap], { cwd: users, uid: NOBODY, gid: NOBODY });
  try {
    await once(attacker.stdout, 'data');
    const args = [...USER, '--bind', `unix:${path}`];
    await using server = launch({ app: APP, folder: join(folder, 'site'), env: ENV, args });
    await Promise.race([server.exit, server.logged(/is ready \(/).catch(() => undefined)]);
    assert.ok(lstatSync(path).isSymbolicLink());
    assertUntouched();
  } finally {
    attacker.kill('SIGKILL');
  }
  rmSync(folder, { recursive: true });
});

test("a folder that the user may not enter is told of, in the words of the user's rights", options, async () => {
  const { folder } = lay();
  chmodSync(folder, 0o700);
  await using server = launch({ app: APP, folder, env: ENV, args: USER });
  assert.equal(await within(10_000, 'the end', server.exit), 2);
  assert.match(server.log, /--chdir: \S+ cannot be entered by the user that the server runs as/);
});

test("a key behind a link of the user's is not read for the user", options, async () => {
  const { folder, users, secret, assertUntouched } = lay();
  symlinkSync(secret, join(users, 'key.pem'));
  await using server = launch({ app: APP, folder, env: ENV, args: [...USER, '--certfile', join(users, 'key.pem')] });
  assert.equal(await within(10_000, 'the end', server.exit), 2);
  assert.match(server.log, /key\.pem cannot be read: no permission/);
  assertUntouched();
});

test("files of the server in a folder of root's: logs are the user's, the pid file stays root's", options, async () => {
  const { folder, users } = lay();
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const paths = ['log', 'access', 'pid'].map((name) => join(logs, name));
  // As an earlier start by root has left it.
  writeFileSync(join(logs, 'log'), 'earlier\n');
  const args = [...USER, ...FLAGS.flatMap((flag, index) => [flag, paths[index] ?? ''])];
  await using server = launch({ app: APP, folder, env: ENV, args: [...args, '--bind', `unix:${join(users, 's')}`] });
  await server.logged(/unix:/);
  const get = ['-sf', '--unix-socket', join(users, 's'), 'http://site/'];
  assert.equal(execFileSync('curl', get, { encoding: 'utf8' }), 'hello');
  const [log = '', access = '', pid = ''] = paths;
  assert.deepEqual(
    [statSync(log).uid, statSync(access).uid, statSync(pid).uid, statSync(join(users, 's')).uid],
    [NOBODY, NOBODY, 0, NOBODY],
  );
  assert.equal(readFileSync(pid, 'utf8'), `${server.pid}\n`);
  server.signal('SIGTERM');
  assert.equal(await within(10_000, 'the end', server.exit), 0);
  assert.match(readFileSync(log, 'utf8'), /^earlier\n(?:.*\n)*.*stopped \(exit code 0\)/);
  assert.match(readFileSync(access, 'utf8'), /GET \/ HTTP/);
  // Root may remove it again from its own folder.
  assert.ok(!existsSync(pid));
});

test(
  "files of the server in the user's folder are the user's, and the pid file goes with the server",
  options,
  async () => {
    const { folder, users } = lay();
    const paths = ['log', 'access', 'pid'].map((name) => join(users, name));
    const args = [...USER, ...FLAGS.flatMap((flag, index) => [flag, paths[index] ?? ''])];
    await using server = launch({ app: APP, folder, env: ENV, args });
    await server.logged(/http:/);
    for (const path of paths) {
      assert.equal(statSync(path).uid, NOBODY, path);
    }
    server.signal('SIGTERM');
    assert.equal(await within(10_000, 'the end', server.exit), 0);
    assert.ok(!existsSync(join(users, 'pid')));
  },
);

test("logs that are links to root's own output, as in images of containers, work", options, async () => {
  const { folder } = lay();
  symlinkSync('/dev/stdout', join(folder, 'access'));
  symlinkSync('/dev/stderr', join(folder, 'log'));
  const args = [...USER, '--log-file', join(folder, 'log'), '--access-log', join(folder, 'access')];
  await using server = await serve({ app: APP, folder, env: ENV, args });
  assert.equal((await server.ask('/seen')).body, 'hello');
  await server.logged(/"GET \/seen HTTP/);
  server.signal('SIGUSR1');
  await server.logged(/the logs were opened again/);
  assert.equal((await server.ask('/later')).body, 'hello');
  await server.logged(/"GET \/later HTTP/);
  assert.doesNotMatch(server.log, /cannot be opened/);
});

test('a log that is a pipe without a reader stops nothing', options, async () => {
  const { folder, users } = lay();
  execFileSync('mkfifo', [join(users, 'fifo'), join(folder, 'fifo')]);
  chownSync(join(users, 'fifo'), NOBODY, NOBODY);
  const args = [...USER, '--access-log', join(users, 'fifo'), '--log-file', join(folder, 'fifo')];
  await using server = launch({ app: APP, folder, env: ENV, args });
  await server.logged(/http:/);
  assert.equal((await server.ask('/')).body, 'hello');
  const read = `timeout 5 head -n 1 ${join(users, 'fifo')}`;
  await server.ask('/');
  assert.match(execFileSync('sh', ['-c', read], { encoding: 'utf8' }), /GET \/ HTTP/);
});
