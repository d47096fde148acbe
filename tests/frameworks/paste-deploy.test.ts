// `portico gunicorn --paste`: a PasteDeploy file names the application, as Pyramid's and TurboGears' sites have it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, PORTICO, Server, START_MS } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const SHOP = `
def factory(global_config, **local):
    def application(environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [f"{global_config['stage']} {local['colour']}".encode()]
    return application
`;

const INI = `
[app:main]
paste.app_factory = shop:factory
colour = red

[app:blue]
paste.app_factory = shop:factory
colour = blue
`;

for (const [name, colour] of [
  ['site.ini', 'red'],
  ['site.ini#blue', 'blue'],
] as const) {
  test(`the application of ${name} is served, with the variables of the command line`, async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'shop.py'), SHOP);
    writeFileSync(join(folder, 'site.ini'), INI);
    const { PATH, HOME } = process.env;
    const args = ['gunicorn', '-b', '127.0.0.1:0', '--paste', name, '--paste-global', 'stage=live'];
    const env = { PATH, HOME, TMPDIR: folder, PORTICO_EDGE_THREADS: '1', PORTICO_PYTHON: PYTHON };
    await using server = new Server(
      spawn(PORTICO, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }),
      folder,
    );
    await server.logged(/is ready \(/, START_MS);
    assert.equal((await server.ask('/')).body, `live ${colour}`);
  });
}
