// X-Accel-Redirect and X-Sendfile: an application decides, the edge sends the file, however the application is called.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../integration/server.ts';
import { PYTHON } from './example.ts';

/** `/accel/…` and `/path/…` answer with the rest of the path as the file's name; `/long` sends a body beside the name. */
const WSGI = `
import os
HERE = os.getcwd()

def application(environ, start):
    _, kind, name = environ['PATH_INFO'].split('/', 2)
    if kind == 'path':
        naming = ('X-Sendfile', f'{HERE}/private/{name}')
    else:
        naming = ('X-Accel-Redirect', f'/protected/{name}')
    # Django and Flask declare the length of the file and send nothing.
    start('200 OK', [naming, ('Content-Type', 'text/own'), ('Content-Length', '5'), ('Set-Cookie', 'a=1')])
    return (b'x' * 65536 for _ in range(100)) if kind == 'long' else []
`;
const ASGI = `
import os
HERE = os.getcwd()

async def application(scope, receive, send):
    if scope['type'] != 'http':
        return
    _, kind, name = scope['path'].split('/', 2)
    named = f'{HERE}/private/{name}' if kind == 'path' else f'/protected/{name}'
    headers = [(b'x-sendfile' if kind == 'path' else b'x-accel-redirect', named.encode()), (b'content-type', b'text/own')]
    headers += [(b'content-length', b'5'), (b'set-cookie', b'a=1')]
    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})
    for _ in range(100 if kind == 'long' else 0):
        await send({'type': 'http.response.body', 'body': b'x' * 65536, 'more_body': True})
    await send({'type': 'http.response.body'})
`;
const LARGE = 'a line\n'.repeat(100_000);
const FILES = { 'private/small.txt': 'small', 'private/large.txt': LARGE };
const DECLARED = ['--x-accel', '/protected=private', '--x-sendfile', 'private'];

for (const [name, app, args] of [
  ['WSGI', WSGI, []],
  ['ASGI', ASGI, []],
  ['gevent', WSGI, ['--worker-class', 'gevent']],
] as const) {
  test(`${name}: a file that is named is sent with the application's fields, in whole and in part`, async () => {
    await using server = await serve({ app, files: FILES, args: ['--python', PYTHON, ...DECLARED, ...args] });
    assert.match(server.log, /static: the application names files by X-Accel-Redirect \/protected\/, X-Sendfile/);
    for (const kind of ['accel', 'path', 'long']) {
      for (const [file, text] of [
        ['small.txt', 'small'],
        ['large.txt', LARGE],
      ] as const) {
        const whole = await server.ask(`/${kind}/${file}`);
        assert.deepEqual([whole.status, whole.body === text], [200, true], `${kind} ${file}`);
        assert.deepEqual(
          ['content-type', 'set-cookie', 'x-accel-redirect', 'x-sendfile'].map((field) => whole.fields.get(field)),
          ['text/own', 'a=1', undefined, undefined],
        );
        const part = await server.ask(`/${kind}/${file}`, { fields: 'Range: bytes=-3\r\n' });
        assert.deepEqual([part.status, part.body], [206, text.slice(-3)]);
      }
    }
    assert.equal((await server.ask('/accel/none.txt')).status, 404);
    assert.equal((await server.ask('/accel/../app.py')).status, 404);
    assert.doesNotMatch(server.log, /Traceback|was lost|malformed/);
  });
}

test('where nothing is declared, a trusted proxy hears of it, and nobody else does', async () => {
  await using server = await serve({ app: WSGI, files: FILES, args: ['--python', PYTHON] });
  const passed = await server.ask('/accel/small.txt');
  assert.deepEqual([passed.status, passed.body], [200, '']);
  assert.equal(passed.fields.get('x-accel-redirect'), '/protected/small.txt');
  await using strict = await serve({
    app: WSGI,
    files: FILES,
    args: ['--python', PYTHON, '--forwarded-allow-ips', '10.0.0.1'],
  });
  const refused = await strict.ask('/path/small.txt');
  assert.equal(refused.status, 500);
  assert.equal(refused.fields.has('x-sendfile'), false);
  await strict.logged(
    /ERROR edge: static file ".*small\.txt" was named by the application: without --x-sendfile.*--forwarded-allow-ips/,
  );
});
