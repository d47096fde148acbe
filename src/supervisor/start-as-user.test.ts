import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Identity } from './privileges.ts';
import { behindStandard, commandAs } from './start-as-user.ts';

const options = { skip: process.geteuid?.() === 0 ? false : 'needs root' };
const IDENTITY: Identity = { uid: 65_534, gid: 65_534, groups: [65_534, 7], userName: 'nobody', home: '/nonexistent' };

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, folder = '/') {
  const command = commandAs(IDENTITY, { program, args, env, folder });
  return spawnSync(command.program, command.args, { env: command.env, cwd: command.cwd, encoding: 'utf8' });
}

test('a program is started as it is where there is nobody to become', () => {
  const command = { program: 'python3', args: ['-u'], env: { A: 'b' }, folder: '/srv' };
  const { folder, ...rest } = command;
  assert.deepEqual(commandAs(undefined, command), { ...rest, cwd: folder, firstDescriptor: 3 });
});

test(
  'a program of the user has the user, all its groups, and the variables that govern Node only for itself',
  options,
  () => {
    const env = { PATH: '/usr/bin:/bin', NODE_OPTIONS: '--require=/nowhere.js' };
    const { stdout, stderr, status } = start('sh', ['-c', 'id -u; id -G; pwd; echo "$NODE_OPTIONS $0"'], env, '/usr');
    assert.deepEqual([stderr, status], ['', 0]);
    assert.equal(stdout, '65534\n65534 7\n/usr\n--require=/nowhere.js sh\n');
  },
);

test('a program that cannot be run is told of, and nothing crashes', options, () => {
  const missing = start('/nowhere/python', []);
  assert.deepEqual([missing.status, missing.stderr], [127, 'portico: /nowhere/python is not there (ENOENT)\n']);
  const unnamed = start('no-such-program', [], { PATH: '/usr/bin:/etc/passwd' });
  assert.equal(unnamed.status, 127);
  assert.equal(start('/etc/passwd', []).status, 126);
  assert.equal(start('/etc', []).status, 126);
});

test('descriptors reach the program at the numbers that are told, and no others do', options, async () => {
  const tell = `for (const fd of [31, 32, 33, 34]) {
    try { require('node:fs').writeSync(fd, fd + ' '); } catch (error) { console.log(fd, error.code); }
  }`;
  const command = commandAs(IDENTITY, { program: process.execPath, args: ['-e', tell], env: {}, folder: '/' });
  assert.equal(command.firstDescriptor, 32);
  const child = spawn(command.program, command.args, {
    env: command.env,
    stdio: ['ignore', 'pipe', 'inherit', ...behindStandard(command, ['pipe', 'pipe'])],
  });
  const said: Record<number, string> = {};
  for (const number of [1, 32, 33]) {
    (child.stdio[number] as NodeJS.ReadableStream | null)?.on('data', (bytes) => {
      said[number] = `${said[number] ?? ''}${String(bytes)}`;
    });
  }
  await once(child, 'close');
  assert.deepEqual(said, { 1: '31 EBADF\n34 EBADF\n', 32: '32 ', 33: '33 ' });
});
