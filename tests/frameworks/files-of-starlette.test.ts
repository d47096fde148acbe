// Which static files of a Starlette application the edge sends, and which Starlette is asked for.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, serve } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const IMPORTS = `
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

async def own(request):
    return PlainTextResponse('own')
`;

async function answers(application: string, paths: readonly string[]): Promise<string[]> {
  const folder = makeFolder();
  mkdirSync(join(folder, 'static'));
  writeFileSync(join(folder, 'static/a.css'), 'a');
  writeFileSync(join(folder, 'outside.css'), 'outside');
  symlinkSync('../outside.css', join(folder, 'static/link.css'));
  await using server = await serve({ app: `${IMPORTS}\n${application}`, folder, args: ['--python', PYTHON] });
  const found: string[] = [];
  for (const path of paths) {
    const { status, body, fields } = await server.ask(path);
    const from = fields.get('x-content-type-options') === 'nosniff' ? 'edge' : 'app';
    found.push(`${status} ${from} ${status < 400 ? body : ''}`.trim());
  }
  return found;
}

test('files are sent by the edge, and links are followed where Starlette was told so', async () => {
  const mount = (more: string) =>
    `application = Starlette(routes=[Mount('/static', StaticFiles(directory='static'${more}))])`;
  const paths = ['/static/a.css', '/static/link.css', '/static/none.css'];
  assert.deepEqual(await answers(mount(''), paths), ['200 edge a', '404 app', '404 app']);
  assert.deepEqual(await answers(mount(', follow_symlink=True'), paths), ['200 edge a', '200 edge outside', '404 app']);
});

test('routes, middleware and classes of its own decide themselves', async () => {
  const app = `
class Guarded(StaticFiles):
    async def get_response(self, path, scope):
        return PlainTextResponse('guarded', 403)

def refuse(app):
    async def answer(scope, receive, send):
        if scope['type'] == 'http':
            await PlainTextResponse('refused', 401)(scope, receive, send)
        else:
            await app(scope, receive, send)
    return answer

application = Starlette(routes=[
    Mount('/guarded', Guarded(directory='static')),
    Mount('/refused', StaticFiles(directory='static'), middleware=[Middleware(refuse)]),
    Mount('/sub', Starlette(routes=[Mount('/static', StaticFiles(directory='static'))])),
    Route('/routed/a.css', own),
    Mount('/routed', StaticFiles(directory='static')),
])
`;
  const paths = ['/guarded/a.css', '/refused/a.css', '/sub/static/a.css', '/routed/a.css'];
  assert.deepEqual(await answers(app, paths), ['403 app', '401 app', '200 app a', '200 app own']);
});
