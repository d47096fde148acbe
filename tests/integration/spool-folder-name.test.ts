// A body that was spooled reaches the application whatever the temporary folder is called.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, serve } from './server.ts';

const APP = `
def application(environ, start):
    body = environ['wsgi.input'].read()
    start('200 OK', [])
    return [str(len(body)).encode()]
`;

test('the folder of temporary files may have a name beyond latin-1', async () => {
  const folder = makeFolder();
  const TMPDIR = join(folder, 'zdjęcia é');
  mkdirSync(TMPDIR);
  await using server = await serve({ app: APP, folder, env: { TMPDIR } });
  assert.equal((await server.ask('/', { method: 'POST', body: 'x'.repeat(2_400_000) })).body, '2400000');
});
