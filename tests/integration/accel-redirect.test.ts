// X-Accel-Redirect to a location of the same server: what nobody can ask for is sent by whoever may let them have it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNginx } from './nginx-server.ts';

const APP = `
def application(environ, start_response):
    path = environ['PATH_INFO']
    to = {'/file': '/guarded/a.txt?x=1', '/none': '/guarded/none', '/out': '/guarded/../../etc/passwd', '/named': '@other', '/round': '/round'}[path]
    start_response('200 OK', [('Content-Type', 'image/x-own'), ('Content-Length', '5'), ('X-Own', '1'), ('ETag', '"own"'), ('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2'),
        ('Content-Disposition', 'attachment'), ('X-Accel-Redirect', to)])
    return [b'empty']
`;
const LOCATIONS = `
location / { python_app app { workers 1; } }
location /guarded/ { internal; root www; add_header X-Query $args; }
location @other { return 200 other; }
`;

test('a location of the server answers for the application, with the fields that nginx keeps', async () => {
  await using nginx = await runNginx(LOCATIONS, { 'app.py': APP, 'www/guarded/a.txt': 'secret' });
  assert.equal((await nginx.ask('/guarded/a.txt')).status, 404);
  const { status, body, fields } = await nginx.ask('/file');
  const names = ['content-type', 'content-disposition', 'set-cookie', 'x-own', 'x-query', 'x-accel-redirect'];
  assert.deepEqual(
    [status, body, ...names.map((name) => fields.get(name))],
    [200, 'secret', 'image/x-own', 'attachment', 'a=1, b=2', undefined, 'x=1', undefined],
  );
  assert.notEqual(fields.get('etag'), '"own"');
  assert.equal((await nginx.ask('/named')).body, 'other');
});

test('a path that is not there is answered 404, and one that leads round in circles 500', async () => {
  await using nginx = await runNginx(LOCATIONS, { 'app.py': APP });
  const missing = await nginx.ask('/none');
  assert.deepEqual([missing.status, missing.fields.get('content-type')], [404, 'text/html']);
  assert.equal((await nginx.ask('/out')).status, 404);
  assert.equal((await nginx.ask('/round')).status, 500);
});
