// Applications that locations name, in nginx's files and in portico.toml: whose workers answer, and where an application is mounted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFile } from './file-server.ts';
import { runNginx } from './nginx-server.ts';
import { descendants } from './processes.ts';

const APP = `
import os
def application(environ, start_response):
    if environ['PATH_INFO'] == '/login':
        start_response('302 Found', [('Location', environ['SCRIPT_NAME'] + '/in')])
        return []
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [repr((environ['SCRIPT_NAME'], environ['PATH_INFO'], os.environ.get('WHO'))).encode()]
async def live(scope, receive, send):
    assert scope['type'] == 'http'
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': repr((scope['root_path'], scope['path'])).encode()})
`;

const BLOCK = '{ workers 1; chdir site; env WHO me; }';
const LOCATIONS = `
location / { python_app app ${BLOCK} }
location /shop { python_app app ${BLOCK} }
location /plain/ { python_app app { chdir site; workers 1; env WHO me; mount off; } }
location /there/ { rewrite ^/there(.*)$ /mnt$1 break; python_app app { workers 1; chdir site; env WHO me; mount /mnt; } }
location = /exact { python_app app ${BLOCK} }
location ~ ^/regex/ { python_app app ${BLOCK} }
location /live/ { python_app app:live { workers 1; chdir site; interface asgi; } }
location /files/ { root www; try_files $uri @app; }
location @app { python_app app ${BLOCK} }
location /closed/ { deny all; python_app app ${BLOCK} }
location /other/ { if ($arg_app) { python_app app ${BLOCK} } }
`;

test('locations of nginx name applications, which are mounted at their prefixes and share workers', async () => {
  await using nginx = await runNginx(LOCATIONS, { 'site/app.py': APP, 'www/files/here.txt': 'file' });
  const { ask, server } = nginx;
  const bodies = async (...paths: string[]) => Promise.all(paths.map(async (path) => [path, (await ask(path)).body]));
  const said = (script: string, path: string) => `('${script}', '${path}', 'me')`;
  assert.deepEqual(
    await bodies('/x', '/shop', '/shop/x', '/shopping', '/plain/x', '/there/x', '/exact', '/regex/x', '/live/x'),
    [
      ['/x', said('', '/x')],
      ['/shop', said('/shop', '')],
      ['/shop/x', said('/shop', '/x')],
      // nginx's prefixes end anywhere, but no application is mounted in the middle of a name.
      ['/shopping', said('', '/shopping')],
      ['/plain/x', said('', '/plain/x')],
      ['/there/x', said('/mnt', '/x')],
      ['/exact', said('', '/exact')],
      ['/regex/x', said('', '/regex/x')],
      ['/live/x', "('/live', '/live/x')"],
    ],
  );
  assert.deepEqual(await bodies('/files/here.txt', '/files/none', '/other/x?app=1'), [
    ['/files/here.txt', 'file'],
    ['/files/none', said('', '/files/none')],
    ['/other/x?app=1', said('/other', '/x')],
  ]);
  assert.equal((await ask('/shop/login')).fields.get('location'), '/shop/in');
  const redirect = await ask('/live');
  assert.equal(redirect.status, 301);
  assert.match(redirect.fields.get('location') ?? '', /^http:\/\/a\.test:\d+\/live\/$/);
  assert.equal((await ask('/closed/x')).status, 403);
  // Of the two applications each has a zygote and one worker.
  assert.equal(descendants(server.pid).filter(({ command }) => command.includes('portico_worker')).length, 4);
});

test('portico.toml mounts an application at the prefix of its location, and at no exact path', async () => {
  const toml = `
[apps.shop]
module = "app"
env = { WHO = "me" }
workers = 1
[[site]]
listen = "127.0.0.1:0"
app = "shop"
[site.location."/shop/"]
app = "shop"
[site.location."= /exact"]
app = "shop"
[site.location."/live/"]
app = "app:live"
`;
  await using server = await runFile({ 'app.py': APP, 'portico.toml': toml });
  const body = async (path: string) => (await server.ask(path)).body;
  assert.equal(await body('/x'), "('', '/x', 'me')");
  assert.equal(await body('/shop/x'), "('/shop', '/x', 'me')");
  assert.equal(await body('/exact'), "('', '/exact', 'me')");
  assert.equal(await body('/live/x'), "('/live', '/live/x')");
});
