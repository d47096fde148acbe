// What cannot start says why in one sentence, or with the application's own traceback once, and ends with a code that tells which.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Site } from './server.ts';
import { launch, PORTICO, serve } from './server.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    return [b'']
`;

async function refusal(site: Site): Promise<{ code: number | string; log: string }> {
  await using server = launch(site);
  return { code: await server.exit, log: server.log };
}

test('a port in use: 1, and who uses it', async () => {
  await using server = await serve({ app: APP });
  const { code, log } = await refusal({
    app: APP,
    args: ['--bind', `127.0.0.1:${server.port}`, '--edge-threads', '2'],
  });
  assert.equal(code, 1);
  assert.match(log, new RegExp(`^portico: 127\\.0\\.0\\.1:${server.port} is in use.*\\.\n$`));
  assert.match(log, new RegExp(`\\b${server.pid}\\b`));
});

test('flags and values that do not exist: 2, all of them told at once', async () => {
  const { code, log } = await refusal({
    app: APP,
    args: ['--worker', '2', '--timeout', 'soon', '--bind', '127.0.0.1:99999'],
  });
  assert.equal(code, 2);
  assert.equal(log.trimEnd().split('\n').length, 3, log);
  assert.match(log, /--worker.*--workers/);
  assert.match(log, /--timeout.*soon/);
  assert.match(log, /99999/);
});

for (const [name, app] of [
  ['an error while it is imported', 'def helper():\n    return 1 / 0\n\nhelper()\n'],
  ['a module that is not there', 'import no_such_module_anywhere\n'],
] as const) {
  test(`${name}: 3, with the traceback once`, async () => {
    const { code, log } = await refusal({ app });
    assert.equal(code, 3);
    assert.equal(log.match(/Traceback \(most recent call last\)/g)?.length, 1, log);
    assert.match(log, /File ".*app\.py", line \d/);
    assert.match(log, /portico: the server cannot start: .*(ZeroDivisionError|ModuleNotFoundError)/);
    assert.doesNotMatch(log, /is ready/);
  });
}

test('a syntax error: 3, with the line', async () => {
  const { code, log } = await refusal({ app: 'def application(:\n    pass\n' });
  assert.equal(code, 3);
  assert.match(log, /app\.py", line 1/);
  assert.match(log, /portico: the server cannot start: .*SyntaxError/);
});

for (const [name, target] of [
  ['a module that cannot be found', 'no_such_app:application'],
  ['a name that the module does not have', 'app:aplication'],
  ['something that cannot be called', 'app:__name__'],
] as const) {
  test(`${name}: 3, in one sentence`, async () => {
    const { code, log } = await refusal({ app: APP, target });
    assert.equal(code, 3);
    assert.match(log, /portico: the server cannot start: .*app.+$/m);
    assert.doesNotMatch(log, /Traceback/);
  });
}

test('not to be loaded without preloading: the same', async () => {
  const { code, log } = await refusal({ app: '1 / 0\n', args: ['--no-preload', '--workers', '2'] });
  assert.equal(code, 3);
  assert.equal(log.match(/Traceback/g)?.length, 1, log);
});

test('a current folder that was removed, as a deployment does it under a shell: 2, in one sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  const { status, stderr } = spawnSync('sh', ['-c', 'rmdir "$PWD"; exec "$0" serve', PORTICO], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    encoding: 'utf8',
  });
  assert.equal(status, 2, stderr);
  assert.match(stderr, /^portico: the current folder is not there any more\. Go to the site again \(cd\), .*\.$/m);
  assert.doesNotMatch(stderr, /^ +at /m);
});

for (const flag of ['--log-file', '--access-log']) {
  test(`${flag} that cannot be written: 1, by the flag and the name that was given`, async () => {
    const { code, log } = await refusal({ app: APP, args: [flag, 'app.py/log'] });
    assert.equal(code, 1);
    assert.match(log, new RegExp(`^portico: ${flag}: ENOTDIR: .*/app\\.py/log'\\. Choose a path that can be written`));
  });
}

test('a pid file in no folder: 1, by the name that was given', async () => {
  const { code, log } = await refusal({ app: APP, args: ['--pid-file', '/nowhere/site.pid'] });
  assert.equal(code, 1);
  assert.match(log, /^portico: --pid-file: ENOENT: .* '\/nowhere\/site\.pid'\. Choose a path that can be written/);
});
