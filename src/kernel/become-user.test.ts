import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { holdVariables } from './become-user.ts';

const MODULE = join(import.meta.dirname, 'become-user.ts');
const options = { skip: process.geteuid?.() === 0 ? false : 'needs root' };
const hidden = mkdtempSync(join(tmpdir(), 'become-user-'));
after(() => rmSync(hidden, { recursive: true }));

/** What a process is after its first lines. */
const TELL = `
console.log(JSON.stringify({
  ids: [process.getuid(), process.geteuid(), process.getgid(), process.getegid()],
  groups: process.getgroups(), folder: process.cwd(), env: process.env, options: process.execArgv,
}));
try { process.setuid(0); console.log('root again'); } catch {}`;

/** `before`: done as root, first. */
function become(user: unknown, { env = {}, before = '' }: { env?: NodeJS.ProcessEnv; before?: string } = {}) {
  const source = `import { becomeUser } from ${JSON.stringify(MODULE)}; ${before}; becomeUser(process.argv[1]); ${TELL}`;
  const args = ['--input-type=module', '-e', source, JSON.stringify(user)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('becomeUser() leaves nothing of root, and gives the variables back that had to wait', options, () => {
  const waiting = holdVariables({ NODE_OPTIONS: '--title=x', LD_PRELOAD: '/nowhere.so', 'A=': 'b', PATH: '' });
  assert.deepEqual(Object.keys(waiting), ['+NODE_OPTIONS', '+LD_PRELOAD', '+A=', '+PATH']);
  const { 'A=': _odd, ...env } = { NODE_OPTIONS: '--title=x', LD_PRELOAD: '/nowhere.so', 'A=': 'b' };
  const { status, stdout, stderr } = become(
    { uid: 65_534, gid: 65_533, groups: [65_533, 7], folder: '/' },
    { env: { ...holdVariables(env), TZ: 'UTC' } },
  );
  assert.deepEqual([status, stderr], [0, '']);
  const { groups, ...told } = JSON.parse(stdout) as { readonly groups: number[] };
  assert.deepEqual(
    groups.toSorted((one, other) => one - other),
    [7, 65_533],
  );
  assert.deepEqual(told, {
    ids: [65_534, 65_534, 65_533, 65_533],
    folder: '/',
    env: { ...env, TZ: 'UTC' },
    options: ['--input-type=module', '-e'].concat((told as unknown as { options: string[] }).options.slice(2)),
  });
});

test('becomeUser() ends a process whose user may not enter its folder, though root may', options, () => {
  const { status, stdout, stderr } = become({ uid: 65_534, gid: 65_534, groups: [], folder: hidden });
  assert.deepEqual([status, stdout], [77, '']);
  assert.match(stderr, /^portico: \S+ cannot be entered by the user that the server runs as \(EACCES\)\n$/);
});

test('becomeUser() ends a process that is not allowed to become the user', options, () => {
  const { status, stdout, stderr } = become(
    { uid: 33, gid: 33, groups: [33], folder: '/' },
    { before: 'process.setuid(65534)' },
  );
  assert.deepEqual([status, stdout], [71, '']);
  assert.match(stderr, /cannot become user 33: /);
});
