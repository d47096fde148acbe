import assert from 'node:assert/strict';
import type { SpawnSyncReturns } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const SAY = `console.log(JSON.stringify({
  pid: process.pid,
  program: process.execPath,
  folder: process.cwd(),
  args: process.argv.slice(2),
  cache: process.env.NODE_COMPILE_CACHE,
}));`;

/** A checkout in a folder whose name a careless shell would split. */
const home = realpathSync(mkdtempSync(join(tmpdir(), 'portico launcher ')));
const launcher = join(home, 'bin/portico');
mkdirSync(join(home, 'bin'));
mkdirSync(join(home, 'src/cli'), { recursive: true });
copyFileSync('bin/portico', launcher);
writeFileSync(join(home, 'src/cli/main.ts'), SAY);
symlinkSync(realpathSync('.venv'), join(home, '.venv'));
after(() => {
  rmSync(home, { recursive: true });
});

test('the process that was started becomes Node, in the folder it was started from, with its arguments', () => {
  const { pid, stdout, stderr } = launch(launcher, ['serve', 'a b', '']);
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), {
    pid,
    program: process.execPath,
    folder: '/',
    args: ['serve', 'a b', ''],
    cache: join(home, 'var/compile-cache'),
  });
});

test('the launcher finds its checkout through symbolic links and the search path', () => {
  symlinkSync('portico', join(home, 'bin/relative'));
  symlinkSync(join(home, 'bin/relative'), join(home, 'absolute'));
  symlinkSync('../absolute', join(home, 'src/upwards'));
  for (const name of ['bin/relative', 'absolute', 'src/upwards']) {
    assert.equal(launch(join(home, name), []).status, 0, name);
  }
  assert.equal(launch('relative', [], { PATH: `${join(home, 'bin')}:/usr/bin:/bin` }).status, 0);
  assert.equal(launch('sh', ['portico'], {}, join(home, 'bin')).status, 0);
  assert.equal(launch('sh', ['bin/portico'], { CDPATH: '/' }, home).status, 0);
});

test('without a runtime the launcher says what to do', () => {
  rmSync(join(home, '.venv'));
  const { status, stderr } = launch(launcher, []);
  assert.equal(status, 1);
  assert.equal(stderr, `portico: the Node.js runtime is not installed yet; run make in ${home} first.\n`);
});

function launch(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = '/',
): SpawnSyncReturns<string> {
  const path = process.env['PATH'] ?? '';
  return spawnSync(program, [...args], { cwd, env: { PATH: path, ...env }, encoding: 'utf8' });
}
