// Which files of a Django project anyone gets from the edge, and which the project is asked for.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { makeFolder, serve } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const SETTINGS = `
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY, DEBUG, ALLOWED_HOSTS, ROOT_URLCONF = 'x', False, ['*'], 'urls'
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_URL, STATIC_ROOT = '/static/', BASE_DIR / 'collected'
MEDIA_URL, MEDIA_ROOT = '/media/', BASE_DIR / 'uploads'
MIDDLEWARE = ['django.middleware.common.CommonMiddleware']
`;
const URLS = `
from django.http import FileResponse, HttpResponse, HttpResponseForbidden
from django.urls import path
from django.conf import settings

def private(request, name):
    if 'key' not in request.GET:
        return HttpResponseForbidden('not you')
    return FileResponse(open(settings.MEDIA_ROOT / 'private' / name, 'rb'), as_attachment=True)

def say(request, **given):
    return HttpResponse(f'{request.method} {request.path} in Django')

urlpatterns = [
    path('media/private/<path:name>', private),
    path('static/js/urls.js', say),
    path('static/upload', say),
    path('<slug:page>/', say),
]
`;
const APP = `
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
`;

let server: Server;
let folder: string;
before(async () => {
  folder = makeFolder();
  mkdirSync(join(folder, 'collected/js'), { recursive: true });
  writeFileSync(join(folder, 'source.css'), 'source');
  writeFileSync(join(folder, 'collected/js/urls.js'), 'not this');
  writeFileSync(join(folder, 'collected/a.css'), 'a');
  // As "collectstatic --link" makes them.
  symlinkSync(join(folder, 'source.css'), join(folder, 'collected/link.css'));
  server = await serve({
    app: APP,
    folder,
    files: { 'settings.py': SETTINGS, 'urls.py': URLS },
    args: ['--python', PYTHON, '--log-level', 'debug'],
  });
});
after(() => server[Symbol.asyncDispose]());

test('static files come from the edge, also by the links of collectstatic', async () => {
  const { body, fields } = await server.ask('/static/a.css');
  assert.equal(body, 'a');
  assert.match(fields.get('etag') ?? '', /^"/);
  assert.equal((await server.ask('/static/link.css')).body, 'source');
});

test('URL patterns below STATIC_URL are answered by the project', async () => {
  assert.equal((await server.ask('/static/js/urls.js')).body, 'GET /static/js/urls.js in Django');
  assert.equal(
    (await server.ask('/static/upload', { method: 'POST', body: 'x' })).body,
    'POST /static/upload in Django',
  );
  assert.match((await server.ask('/static/none.css')).body, /Not Found/);
  assert.equal((await server.ask('/static/a.css', { method: 'DELETE' })).status, 404);
});

test("an upload is anyone's, and the banner says so; what a view guards is not", async () => {
  assert.match(
    server.log,
    /media: \/media\/ from .*uploads \(anyone can read these files; the application decides on \/media\/private\/…\)/,
  );
  assert.equal((await server.ask('/media/a.txt')).status, 404);
  mkdirSync(join(folder, 'uploads/private'), { recursive: true });
  writeFileSync(join(folder, 'uploads/b.txt'), 'b');
  assert.equal((await server.ask('/media/b.txt')).body, 'b', 'MEDIA_ROOT made after the start');
  const secret = 's'.repeat(100_000);
  writeFileSync(join(folder, 'uploads/private/secret.txt'), secret);
  for (const path of ['/media/private/secret.txt', '/media//private/secret.txt', '/media/./private/secret.txt']) {
    const answer = await server.ask(path);
    assert.ok(answer.status === 403 || answer.status === 404, `${path}: ${answer.status}`);
  }
  const given = await server.ask('/media/private/secret.txt?key');
  assert.equal(given.body, secret);
  assert.match(given.fields.get('content-disposition') ?? '', /attachment/);
});

test('a link among the uploads leads nowhere', async () => {
  symlinkSync(join(folder, 'settings.py'), join(folder, 'uploads/link.txt'));
  assert.equal((await server.ask('/media/link.txt')).status, 404);
  unlinkSync(join(folder, 'uploads/link.txt'));
});

test("middleware of the project's own keeps uploads from the edge, and a wrapper everything", async () => {
  const middleware = `
def guard(get_response):
    from django.http import HttpResponse
    def answer(request):
        return HttpResponse('not you', status=403) if request.path.startswith('/media/') else get_response(request)
    return answer
`;
  const wrapped = `${APP}
inner = application
def application(environ, start):
    if 'HTTP_AUTHORIZATION' not in environ:
        start('401 Unauthorized', [])
        return [b'who are you?']
    return inner(environ, start)
`;
  const files = {
    'settings.py': `${SETTINGS}MIDDLEWARE += ['guard.guard']\n`,
    'urls.py': URLS,
    'guard.py': middleware,
  };
  const more = {
    'uploads/a.txt': 'a',
    'collected/a.css': 'a',
  };
  await using guarded = await serve({ app: APP, files: { ...files, ...more }, args: ['--python', PYTHON] });
  assert.equal((await guarded.ask('/media/a.txt')).status, 403);
  assert.equal((await guarded.ask('/static/a.css')).status, 200);
  assert.match(guarded.log, /the application is asked about \/media\/ /);
  await using closed = await serve({ app: wrapped, files: { ...files, ...more }, args: ['--python', PYTHON] });
  assert.equal((await closed.ask('/static/a.css')).status, 401);
  assert.match(closed.log, /WARNING portico: static files are asked of the application.*--static \/static\/=/);
});
