// Below a path of a proxy's: SCRIPT_NAME of the environment, and of a field, as gunicorn's users have it. And sockets of systemd, of which gunicorn serves nothing else.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';

const MANAGER = join(import.meta.dirname, 'fakes/service_manager.py');
const APP = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [f"{environ['SCRIPT_NAME']} {environ['PATH_INFO']} {environ.get('HTTP_SCRIPT_NAME')}".encode()]
`;

async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}, under: string[] = []) {
  const folder = makeFolder();
  writeFileSync(join(folder, 'shop.py'), APP);
  const { PATH, HOME } = process.env;
  const [program = PORTICO, ...rest] = [...under, PORTICO, 'gunicorn', 'shop', ...args];
  const child = spawn(program, rest, {
    cwd: folder,
    env: { PATH, HOME, TMPDIR: folder, PORTICO_EDGE_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, folder);
  await server.logged(/is ready \(/, START_MS);
  return server;
}

async function asked(server: Server, path: string, fields = ''): Promise<string> {
  return (await server.ask(path, { fields })).body;
}

test('the environment says where the application is mounted, and a trusted proxy by SCRIPT_NAME', async () => {
  await using server = await start(['-b', '127.0.0.1:0', '-e', 'SCRIPT_NAME=/shop']);
  assert.equal(await asked(server, '/shop/a%20b'), '/shop /a b None');
  assert.equal(await asked(server, '/shopping'), ' /shopping None');
  assert.equal(await asked(server, '/blog/a', 'SCRIPT_NAME: /blog\r\n'), '/blog /a None');
  assert.equal(await asked(server, '/blog/a', 'SCRIPT_NAME: /shop\r\nSCRIPT_NAME: /blog\r\n'), '/blog /a None');
});

test('nobody else says it', async () => {
  await using server = await start(['-b', '127.0.0.1:0', '--forwarded-allow-ips', '10.0.0.1']);
  assert.equal(await asked(server, '/blog/a', 'SCRIPT_NAME: /blog\r\n'), ' /blog/a None');
});

test('sockets of systemd are served, and no other address', async () => {
  await using server = await start(['-b', 'fd://3'], { PORT: '1' }, ['python3', MANAGER, '--tcp']);
  assert.equal(await asked(server, '/a'), ' /a None');
  assert.equal(server.log.match(/http:\/\//g)?.length, 1);
});
