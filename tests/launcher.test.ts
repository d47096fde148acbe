import assert from 'node:assert/strict';
import type { SpawnSyncReturns } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { readInvocation } from '../src/cli/invocation.ts';

const SAY = `console.log(JSON.stringify({
  pid: process.pid,
  program: process.execPath,
  folder: process.cwd(),
  args: process.argv.slice(2),
  cache: process.env.NODE_COMPILE_CACHE,
  name: process.env.name,
  held: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PORTICO_HELD_'))),
}));`;

/** A checkout in a folder whose name a careless shell would split. */
const home = realpathSync(mkdtempSync(join(tmpdir(), 'portico launcher ')));
const launcher = join(home, 'bin/portico');
mkdirSync(join(home, 'bin'));
mkdirSync(join(home, 'src/cli'), { recursive: true });
copyFileSync('bin/portico', launcher);
copyFileSync('bin/launch.sh', join(home, 'bin/launch.sh'));
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
    args: ['=serve', '=a b', '='],
    cache: join(home, 'var/compile-cache'),
    held: {},
  });
});

test('no option of Node among the arguments is taken by Node', () => {
  const preload = join(home, 'preload.cjs');
  writeFileSync(preload, 'process._rawDebug("taken");');
  writeFileSync(join(home, 'governing.env'), `NODE_OPTIONS=--require "${preload}"\n`);
  writeFileSync(join(home, 'node.config.json'), JSON.stringify({ nodeOptions: { import: [preload] } }));
  const options = [
    ['--env-file', 'governing.env'],
    ['--env-file=governing.env'],
    ['--env-file-if-exists=governing.env'],
    ['--experimental-config-file=node.config.json'],
    ['--experimental-default-config-file'],
    ['--require', preload],
    ['--inspect=0'],
    ['--v8-options'],
    ['--', '--env-file', 'governing.env'],
  ];
  for (const args of [...options, ...options.map((option) => ['serve', ...option])]) {
    const { stdout, stderr } = launch(launcher, args, {}, home);
    assert.equal(stderr, '', args.join(' '));
    const seen = JSON.parse(stdout) as { args: string[] };
    assert.deepEqual(readInvocation(seen.args, {}).args, args);
  }
});

test('variables that govern Node, its libraries or the linker wait for the application under another name', () => {
  const governing = { NODE_OPTIONS: '--require /nowhere.cjs', LD_PRELOAD: '', NODE_COMPILE_CACHE: `/it's "$HOME"` };
  const { stdout, stderr } = launch(launcher, ['x'], { ...governing, PORTICO_HELD_NODE_PATH: '/stray' });
  assert.equal(stderr, '');
  const { cache, held } = JSON.parse(stdout) as { cache: string; held: NodeJS.ProcessEnv };
  assert.equal(cache, join(home, 'var/compile-cache'));
  const { env } = readInvocation(['=x'], { ...held, NODE_COMPILE_CACHE: cache });
  assert.deepEqual(env, governing);
});

test('what the caller has exported reaches the application whatever its name', () => {
  const text = readFileSync(launcher, 'utf8') + readFileSync('bin/launch.sh', 'utf8');
  const assigned = [...text.matchAll(/^ *(?:for )?([A-Za-z_]+)(?:=| in | do$)/gm)].map(([, name = '']) => name);
  assert.ok(assigned.includes('portico_root') && assigned.includes('portico_argument'), 'the assignments are found');
  assert.deepEqual(
    assigned.filter(
      (name) => !name.startsWith('portico_') && !['NODE_COMPILE_CACHE', 'PORTICO_INSTALLATION'].includes(name),
    ),
    [],
  );
  assert.equal((JSON.parse(launch(launcher, ['x'], { name: 'shop' }).stdout) as { name: string }).name, 'shop');
});

test('the launcher knows every variable that this version of Node says it obeys', () => {
  const help = spawnSync(process.execPath, ['--help'], { encoding: 'utf8' }).stdout;
  const told = [...help.slice(help.indexOf('Environment variables:')).matchAll(/^([A-Z][A-Z0-9_]+)/gm)];
  // Colours are for terminals, and the time zone is the machine's.
  const names = told.map(([name]) => name).filter((name) => !['FORCE_COLOR', 'NO_COLOR', 'TZ'].includes(name));
  assert.ok(names.includes('NODE_EXTRA_CA_CERTS'), 'the help is read');
  const text = readFileSync('bin/launch.sh', 'utf8');
  assert.deepEqual(
    names.filter((name) => !text.includes(` ${name} `)),
    [],
  );
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

test('where fewer files may be open than a server needs the launcher says so, and starts Node where the hard limit is enough', () => {
  const script = (limits: string) => ['-c', `${limits} && exec "$0" serve`, launcher];
  const refused = launch('sh', script('ulimit -n 20'));
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^portico: this process may not have 64 files open at a time, .*: ulimit -n 1024/);
  for (const limits of ['ulimit -n 64', 'ulimit -Sn 20 && ulimit -Hn 200']) {
    const { status, stderr } = launch('sh', script(limits));
    assert.deepEqual([status, stderr], [0, ''], limits);
  }
});

test('without a runtime the launcher says what to do', () => {
  rmSync(join(home, '.venv'));
  const { status, stderr } = launch(launcher, []);
  assert.equal(status, 1);
  assert.equal(stderr, `portico: the Node.js runtime is not installed yet; run make in ${home} first.\n`);
});

test('what is installed keeps its compiled form in the cache of whoever starts it, and in no folder of somebody else', () => {
  const root = join(home, 'installed');
  mkdirSync(join(root, 'build/cli'), { recursive: true });
  writeFileSync(join(root, 'build/cli/main.js'), SAY);
  const folder = (name: string): string => {
    mkdirSync(join(home, name), { recursive: true });
    return join(home, name);
  };
  const fresh = folder('fresh');
  const used = folder('used/.cache').slice(0, -'/.cache'.length);
  const caches = folder('caches');
  const strangers = folder('strangers');
  if (process.getuid?.() === 0) {
    chownSync(strangers, 1, 1);
  }
  const foreign = process.getuid?.() === 0 ? strangers : '/';
  const cacheFor = (env: Readonly<Record<string, string>>): string | undefined => {
    const { stdout, stderr } = launch(
      'sh',
      [resolve('bin/launch.sh'), root, process.execPath, 'python3', '', 'x'],
      env,
    );
    assert.equal(stderr, '');
    return (JSON.parse(stdout) as { cache?: string }).cache;
  };
  assert.equal(cacheFor({ HOME: fresh }), join(fresh, '.cache/portico'));
  assert.equal(cacheFor({ HOME: used }), join(used, '.cache/portico'));
  assert.equal(cacheFor({ HOME: fresh, XDG_CACHE_HOME: caches }), join(caches, 'portico'));
  assert.equal(cacheFor({ HOME: fresh, XDG_CACHE_HOME: 'here' }), join(fresh, '.cache/portico'));
  assert.equal(cacheFor({ HOME: foreign }), undefined);
  assert.equal(cacheFor({ HOME: fresh, XDG_CACHE_HOME: foreign }), undefined);
  // A service of root's has no HOME.
  const ofRoot = '/var/cache/portico';
  const isNew = !existsSync(ofRoot);
  for (const env of [{ HOME: '' }, {}]) {
    assert.equal(cacheFor(env), process.getuid?.() === 0 ? ofRoot : undefined);
  }
  if (isNew) {
    rmSync(ofRoot, { recursive: true, force: true });
  }

  const open = folder('open');
  chmodSync(open, 0o1777);
  const shared = join(open, 'portico');
  symlinkSync(open, shared);
  assert.equal(cacheFor({ HOME: fresh, XDG_CACHE_HOME: open }), undefined, 'a link of somebody else');
  rmSync(shared);
  if (process.getuid?.() === 0) {
    mkdirSync(shared);
    chownSync(shared, 1, 1);
    assert.equal(cacheFor({ HOME: fresh, XDG_CACHE_HOME: open }), undefined, 'a folder of somebody else');
    rmSync(shared, { recursive: true });
  }
  const umask = process.umask(0);
  try {
    assert.equal(cacheFor({ HOME: fresh, XDG_CACHE_HOME: open }), shared);
  } finally {
    process.umask(umask);
  }
  assert.equal(statSync(shared).mode & 0o777, 0o700, 'nobody else can write where code is loaded from');
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
