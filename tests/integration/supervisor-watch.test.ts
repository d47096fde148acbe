// --reload: a file that changes is served without being asked; one that is broken is not, and the log says why.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from './server.ts';

const app = (answer: string) => `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'${answer}']
`;

test('--reload loads what has changed, and keeps what runs when that is broken', async () => {
  await using server = await serve({ app: app('one'), args: ['--reload'] });
  const path = join(server.folder, 'app.py');
  writeFileSync(path, app('two'));
  await server.logged(/app\.py has changed: reloading[\s\S]*reloaded:/);
  assert.equal((await server.ask('/')).body, 'two');
  writeFileSync(path, 'def broken(:\n');
  await server.logged(/SyntaxError/);
  assert.equal((await server.ask('/')).body, 'two');
  const before = server.log.length;
  writeFileSync(path, app('three'));
  await server.logged(/reloaded:/, undefined, before);
  assert.equal((await server.ask('/')).body, 'three');
});

test('--reload sees folders that are new', async () => {
  await using server = await serve({ app: app('one'), args: ['--reload'] });
  mkdirSync(join(server.folder, 'templates'));
  await new Promise((done) => setTimeout(done, 200));
  writeFileSync(join(server.folder, 'templates/page.html'), 'x');
  await server.logged(/page\.html has changed: reloading/);
});
