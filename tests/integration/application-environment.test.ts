// The application's environment is the application's alone: it governs no process of ours, and the one that speaks with strangers
// does not even hold it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, serve } from './server.ts';

const APP = `
import json, os
def application(environ, start_response):
    start_response('200 OK', [])
    return [json.dumps(dict(os.environ)).encode()]
`;

test('variables for the application reach it, and nobody else', async () => {
  const folder = makeFolder();
  const trap = join(folder, 'trap.cjs');
  writeFileSync(trap, `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'taken'))}, '')`);
  const files = { '.env': `NODE_OPTIONS="--require ${trap}"\nPASSWORD=pa#ss\nURL=\${PASSWORD}@\${OUTER}\n` };
  const env = { NODE_OPTIONS: '--no-such-option', NODE_PATH: folder, OUTER: 'outer', LD_LIBRARY_PATH: folder };
  await using server = await serve({ app: APP, files, folder, env, args: ['--env-file', '.env'] });
  const seen = JSON.parse((await server.ask('/')).body) as Record<string, string>;
  assert.equal(seen['NODE_OPTIONS'], `--require ${trap}`);
  assert.equal(seen['URL'], 'pa#ss@outer');
  assert.deepEqual([seen['NODE_PATH'], seen['LD_LIBRARY_PATH']], [folder, folder]);
  assert.deepEqual(
    Object.keys(seen).filter((name) => name.startsWith('PORTICO_HELD_') || name === 'NODE_COMPILE_CACHE'),
    [],
  );
  assert.equal(existsSync(join(folder, 'taken')), false, 'it has run in a process of ours');
  const ofEdge = readFileSync(`/proc/${server.edgePid}/environ`, 'latin1');
  assert.doesNotMatch(ofEdge, /OUTER|NODE_OPTIONS|NODE_PATH|LD_LIBRARY_PATH|PASSWORD/);
});

test('a file that is broken at a reload changes nothing but the log', async () => {
  const files = { '.env': 'A=1\n' };
  await using server = await serve({ app: APP, files, args: ['--env-file', '.env'] });
  writeFileSync(join(server.folder, '.env'), 'A=2\n="secret"\n');
  server.signal('SIGHUP');
  await server.logged(/ERROR .*--env-file: \S+\/\.env, line 2: this is no NAME=VALUE/);
  assert.match((await server.ask('/')).body, /"A": "1"/);
  assert.doesNotMatch(server.log, /secret/);
});
