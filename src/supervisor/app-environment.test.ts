import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EnvironmentSources } from './app-environment.ts';
import { buildAppEnvironment } from './app-environment.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'environment-'));
after(() => rmSync(ROOT, { recursive: true }));

const NOTHING: EnvironmentSources = {
  own: { PATH: '/bin', HOME: '/root', A: 'own', B: 'own', C: 'own' },
  file: '',
  given: new Map(),
  interpreter: { path: '/usr/bin/python3', venv: '', origin: '', isPlain: true, warnings: [] },
  identity: undefined,
};

test('buildAppEnvironment() lets the file win over ours, and flags over both', () => {
  const file = join(ROOT, 'env');
  writeFileSync(file, '# secrets\nB=file\nC="file # 3"\n');
  const built = buildAppEnvironment({ ...NOTHING, file, given: new Map([['B', 'flag']]) });
  assert.ok(built.ok);
  assert.deepEqual([built.value.env['A'], built.value.env['B'], built.value.env['C']], ['own', 'flag', 'file # 3']);
});

test('buildAppEnvironment() activates the virtual environment, once', () => {
  const interpreter = { path: '/v/bin/python', venv: '/v', origin: '', isPlain: true, warnings: [] };
  const built = buildAppEnvironment({ ...NOTHING, interpreter });
  assert.deepEqual(built.ok && [built.value.env['VIRTUAL_ENV'], built.value.env['PATH']], ['/v', '/v/bin:/bin']);
  const again = buildAppEnvironment({ ...NOTHING, interpreter, own: { PATH: '/v/bin:/bin' } });
  assert.equal(again.ok && again.value.env['PATH'], '/v/bin:/bin');
});

test('buildAppEnvironment() gives the user its own home', () => {
  const identity = { uid: 33, gid: 33, groups: [33], userName: 'www-data', home: '/var/www' };
  const built = buildAppEnvironment({ ...NOTHING, identity });
  assert.deepEqual(built.ok && [built.value.env['HOME'], built.value.env['USER'], built.value.env['LOGNAME']], [
    '/var/www',
    'www-data',
    'www-data',
  ]);
  const nameless = buildAppEnvironment({ ...NOTHING, identity: { ...identity, userName: '' } });
  assert.equal(nameless.ok && nameless.value.env['HOME'], '/root');
});

test('buildAppEnvironment() names variables whose bytes are lost because they are no UTF-8', () => {
  const built = buildAppEnvironment({ ...NOTHING, own: { SECRET: 'a\ufffdb', FINE: 'é' } });
  assert.deepEqual(built.ok && built.value.warnings, [
    'the environment is not UTF-8, and reaches the application with other bytes: SECRET',
  ]);
  const mended = buildAppEnvironment({ ...NOTHING, own: { SECRET: 'a\ufffdb' }, given: new Map([['SECRET', 'x']]) });
  assert.deepEqual(mended.ok && mended.value.warnings, []);
});

test('buildAppEnvironment() says that the file cannot be read', () => {
  const built = buildAppEnvironment({ ...NOTHING, file: '/nowhere/.env' });
  assert.match(built.ok ? '' : built.fault, /--env-file: \/nowhere\/\.env cannot be read \(ENOENT\)/);
});

function readFile(
  text: string | Buffer,
  more: Partial<EnvironmentSources> = {},
): ReturnType<typeof buildAppEnvironment> {
  const file = join(ROOT, 'read');
  writeFileSync(file, text);
  return buildAppEnvironment({ ...NOTHING, ...more, file });
}

function faultIn(text: string | Buffer): string {
  const built = readFile(text);
  return built.ok ? '' : built.fault.replace(`--env-file: ${ROOT}/read`, 'FILE');
}

test('buildAppEnvironment() names the lines of the file that are no variables, without a word of what stands there', () => {
  assert.equal(
    faultIn('=secret\nA=1\n B="secret\n'),
    'FILE, line 1: this is no NAME=VALUE whose quotes are closed; line 3: this is no NAME=VALUE whose quotes are closed',
  );
  assert.match(faultIn('secret secret\n'.repeat(1000)), /^FILE, line 1: .*; line 5: [^;]*; and 995 more$/);
  assert.equal(faultIn("'a=b'=1"), 'FILE, line 1: a variable cannot have this name');
  assert.equal(faultIn('A=1\nB=\0'), 'FILE, line 2: no variable can hold a NUL byte');
  assert.match(faultIn(`A=${'x'.repeat(131_072)}`), /^FILE, line 1: the value is too long: .* 131071 bytes/);
  assert.match(faultIn(`A=${'x'.repeat(60_000)}\nB=\${A}\${A}\${A}\n`), /^FILE, line 2: the value is too long/);
  assert.equal(faultIn(Buffer.from([0x41, 0x3d, 0xff])), 'FILE is not UTF-8');
  assert.equal(faultIn(Buffer.alloc(1_048_577, '\n')), 'FILE has more than 1048576 bytes');
});

test('buildAppEnvironment() warns of names without a value, and gives the application none of them', () => {
  const built = readFile('export A\nB=1\nNEW\n');
  assert.deepEqual(built.ok && built.value.warnings, [
    `--env-file: ${ROOT}/read sets nothing in lines 1, 3, which have no "="`,
  ]);
  assert.deepEqual(built.ok && [built.value.env['A'], built.value.env['B'], 'NEW' in built.value.env], [
    'own',
    '1',
    false,
  ]);
});

test('buildAppEnvironment() expands what the file names: a flag wins over the lines before, these over our own', () => {
  const given = new Map([['C', 'flag']]);
  const built = readFile(`B=file\nC=file\nD=\${A} \${B} \${C} \${HOME} \${E:-none}\n`, { given });
  assert.equal(built.ok && built.value.env['D'], 'own file flag /root none');
});

test('buildAppEnvironment() takes no pipe, which could be read once', () => {
  const built = buildAppEnvironment({ ...NOTHING, file: '/dev/null' });
  assert.match(built.ok ? '' : built.fault, /\/dev\/null is not a file/);
});

test('buildAppEnvironment() says who has to be able to read the file', {
  skip: process.geteuid?.() !== 0 && 'only root becomes another user',
}, () => {
  const file = join(ROOT, 'private');
  writeFileSync(file, 'A=1', { mode: 0o600 });
  chmodSync(ROOT, 0o755);
  process.seteuid?.(65_534);
  try {
    const built = buildAppEnvironment({ ...NOTHING, file });
    assert.match(
      built.ok ? '' : built.fault,
      /private cannot be read \(EACCES\)\. It is read again .*chgrp, chmod 640\)$/,
    );
  } finally {
    process.seteuid?.(0);
  }
});

test('buildAppEnvironment() leaves out a PYTHONHOME that would keep an environment from working', () => {
  const own = { PATH: '/bin', PYTHONHOME: '/opt/python' };
  const interpreter = { path: '/v/bin/python', venv: '/v', origin: '', isPlain: true, warnings: [] };
  const built = buildAppEnvironment({ ...NOTHING, interpreter, own });
  assert.ok(built.ok);
  assert.equal(built.value.env['PYTHONHOME'], undefined);
  assert.match(built.value.warnings.join(), /^PYTHONHOME is \/opt\/python, with which the Python of \/v would not/);
  const plain = buildAppEnvironment({ ...NOTHING, own });
  assert.equal(plain.ok && plain.value.env['PYTHONHOME'], '/opt/python');
});
