// Which static files of a Flask application the edge sends, and which Flask is asked for.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const APP = `
from flask import Flask, abort, request
application = Flask(__name__)
`;
const FILE = { 'static/a.css': 'a', 'static/private/b.css': 'b' };

/** Only what comes from the edge forbids that its type be guessed. */
async function comesFromEdge(server: Server, path: string): Promise<boolean> {
  const { status, fields } = await server.ask(path);
  assert.equal(status, 200);
  return fields.get('x-content-type-options') === 'nosniff';
}

test('static files come from the edge, and what is not there, or is asked for otherwise, from Flask', async () => {
  const app = `${APP}
@application.errorhandler(404)
def missing(error):
    return 'no such thing in Flask', 404
`;
  await using server = await serve({ app, files: { 'static/a.css': 'a' }, args: ['--python', PYTHON] });
  assert.ok(await comesFromEdge(server, '/static/a.css'));
  assert.equal((await server.ask('/static/none.css')).body, 'no such thing in Flask');
  assert.match((await server.ask('/static/a.css', { method: 'OPTIONS' })).fields.get('allow') ?? '', /GET/);
  mkdirSync(join(server.folder, 'static/new'));
  writeFileSync(join(server.folder, 'static/new/c.css'), 'c');
  assert.ok(await comesFromEdge(server, '/static/new/c.css'));
});

test('what a function before the request refuses is refused', async () => {
  const app = `${APP}
@application.before_request
def guard():
    if request.path.startswith('/static/private/'):
        abort(401)
`;
  await using server = await serve({ app, files: FILE, args: ['--python', PYTHON] });
  assert.equal((await server.ask('/static/private/b.css')).status, 401);
  assert.equal(await comesFromEdge(server, '/static/a.css'), false);
  assert.match(server.log, /static: the application is asked about \/static\/ \(why: --check/);
});

test('a route below the folder, a view put in its place and a wrapper are asked', async () => {
  const apps = [
    `${APP}
@application.get('/static/a.css')
def own():
    return 'own'
`,
    `${APP}
application.view_functions['static'] = lambda filename: 'own'
`,
    `${APP}
inner = application.wsgi_app
def own(environ, start):
    start('200 OK', [])
    return [b'own']
application.wsgi_app = own
`,
  ];
  for (const app of apps) {
    await using server = await serve({ app, files: FILE, args: ['--python', PYTHON] });
    assert.equal((await server.ask('/static/a.css')).body, 'own');
  }
});
