// The ways in which an application is named, and where its environment comes from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
import os

def make(greeting='made'):
    def application(environ, start):
        start('200 OK', [])
        return [f"{greeting} {os.environ.get('A')} {os.environ.get('B')} {os.environ.get('C')} {os.getcwd()}".encode()]
    return application

application = make('plain')
app = make('app')
`;

for (const [target, greeting] of [
  ['app:application', 'plain'],
  ['app:app', 'app'],
  ['app:make()', 'made'],
  ['app', 'plain'],
  ['app.py', 'plain'],
  ['./app.py', 'plain'],
  ['site/wsgi.py', 'nested'],
  ['a:b/wsgi.py', 'nested'],
  ['a:b/wsgi.py:app', 'app'],
  ['a:b/', 'nested'],
] as const) {
  test(target, async () => {
    const nested = APP.replace("make('plain')", "make('nested')");
    const files = { 'site/wsgi.py': nested, 'a:b/wsgi.py': nested };
    await using server = await serve({ app: APP, files, target });
    assert.match((await server.ask('/')).body, new RegExp(`^${greeting} `));
  });
}

test('--env wins over --env-file, which wins over what was there', async () => {
  const files = { 'site.env': "# comment\nA=file\nB='of the file'\n\nexport C=file\n" };
  const args = ['--env-file', 'site.env', '--env', 'A=flag'];
  await using server = await serve({ app: APP, files, args, env: { A: 'old', B: 'old' } });
  assert.match((await server.ask('/')).body, /^plain flag of the file file /);
});

test('a setting comes from the environment, and a flag wins over it', async () => {
  await using server = await serve({ app: APP, env: { PORTICO_THREADS: '3' } });
  await server.logged(/workers: 1, 3 threads each/);
  await using other = await serve({ app: APP, args: ['--threads', '2'], env: { PORTICO_THREADS: '3' } });
  await other.logged(/workers: 1, 2 threads each/);
});

test('PORTICO_WORKERS', async () => {
  await using server = await serve({ app: APP, workers: 'unsaid', env: { PORTICO_WORKERS: '2' } });
  await server.logged(/workers: 2 /);
  assert.equal(server.workerPids.length, 2);
});

test('--chdir is where it is imported from and runs', async () => {
  await using server = await serve({ app: '', files: { 'deep/app.py': APP }, args: ['--chdir', 'deep'] });
  assert.match((await server.ask('/')).body, /\/deep$/);
});
