import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  interpreter: { path: '/usr/bin/python3', venv: '' },
  identity: undefined,
};

test('buildAppEnvironment() lets the file win over ours, and flags over both', () => {
  const file = join(ROOT, 'env');
  writeFileSync(file, '# secrets\nB=file\nC="file # 3"\n');
  const built = buildAppEnvironment({ ...NOTHING, file, given: new Map([['B', 'flag']]) });
  assert.ok(built.ok);
  assert.deepEqual([built.value['A'], built.value['B'], built.value['C']], ['own', 'flag', 'file # 3']);
});

test('buildAppEnvironment() activates the virtual environment, once', () => {
  const interpreter = { path: '/v/bin/python', venv: '/v' };
  const built = buildAppEnvironment({ ...NOTHING, interpreter });
  assert.deepEqual(built.ok && [built.value['VIRTUAL_ENV'], built.value['PATH']], ['/v', '/v/bin:/bin']);
  const again = buildAppEnvironment({ ...NOTHING, interpreter, own: { PATH: '/v/bin:/bin' } });
  assert.equal(again.ok && again.value['PATH'], '/v/bin:/bin');
});

test('buildAppEnvironment() gives the user its own home', () => {
  const identity = { uid: 33, gid: 33, userName: 'www-data', home: '/var/www' };
  const built = buildAppEnvironment({ ...NOTHING, identity });
  assert.deepEqual(built.ok && [built.value['HOME'], built.value['USER'], built.value['LOGNAME']], [
    '/var/www',
    'www-data',
    'www-data',
  ]);
  const nameless = buildAppEnvironment({ ...NOTHING, identity: { ...identity, userName: '' } });
  assert.equal(nameless.ok && nameless.value['HOME'], '/root');
});

test('buildAppEnvironment() says that the file cannot be read', () => {
  const built = buildAppEnvironment({ ...NOTHING, file: '/nowhere/.env' });
  assert.match(built.ok ? '' : built.fault, /--env-file: \/nowhere\/\.env cannot be read \(ENOENT\)/);
});
