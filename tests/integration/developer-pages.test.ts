// What a developer sees in the browser with --reload: the exception behind a bare 500, and why the code cannot be loaded.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Server } from './server.ts';
import { launch, serve } from './server.ts';

const HTML = 'Accept: text/html,*/*;q=0.8\r\n';

/** Like Flask: the view's exception is logged and answered bare. */
const WSGI = `
import logging

def view(query):
    wanted = query
    raise RuntimeError('<script>' + wanted)  # the line

def application(environ, start):
    path = environ['PATH_INFO']
    try:
        view(environ['QUERY_STRING'])
    except RuntimeError:
        logging.getLogger('app').exception('Exception on %s', path)
    if path == '/own':
        start('500 Internal Server Error', [('Content-Type', 'text/plain')])
        return [b'a page that somebody has written']
    if path == '/begun':
        start('200 OK', [])
        return [b'begun']
    start('500 Internal Server Error', [('Content-Type', 'text/plain')])
    return [b'Internal Server Error']
`;

/** Like Starlette: answered bare, then raised. */
const ASGI = `
async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    try:
        await view(scope['path'])
    except Exception:
        await send({'type': 'http.response.start', 'status': 500, 'headers': [(b'content-type', b'text/plain')]})
        body = b'a debug page' if scope['path'] == '/own' else b'Internal Server Error'
        await send({'type': 'http.response.body', 'body': body})
        raise

async def view(path):
    raise LookupError('nothing at ' + path)  # the line
`;

async function showsException(server: Server, error: RegExp): Promise<void> {
  const page = await server.ask('/?a', { fields: HTML });
  assert.equal(page.status, 500);
  assert.match(page.body, error);
  assert.match(page.body, /<mark>.*raise .*# the line<\/mark>/);
  assert.match(page.body, /request [0-9a-f]{32}</);
  assert.doesNotMatch(page.body, /<script>/);
  const text = await server.ask('/?a');
  assert.match(text.body, /^500 Internal Server Error\n\w+: .*\nRequest [0-9a-f]{32}\n\nTraceback[\s\S]*# the line/);
  const json = await server.ask('/?a', { fields: 'Accept: application/json\r\n' });
  assert.match((JSON.parse(json.body) as { readonly detail: string }).detail, /^Traceback/);
}

test('the exception behind a bare 500 of a WSGI framework is shown, and what the application has written stays', async () => {
  await using server = await serve({ app: WSGI, args: ['--reload'] });
  await showsException(server, /<h1>RuntimeError: &#60;script&#62;a<\/h1>/);
  assert.equal((await server.ask('/own', { fields: HTML })).body, 'a page that somebody has written');
  assert.equal((await server.ask('/begun', { fields: HTML })).body, 'begun');
});

test('the exception behind a bare 500 of an ASGI framework is shown, and its debug page stays', async () => {
  await using server = await serve({ app: ASGI, args: ['--reload'] });
  await showsException(server, /<h1>LookupError: nothing at \/<\/h1>/);
  assert.equal((await server.ask('/own', { fields: HTML })).body, 'a debug page');
});

test('without --reload, and for a client on the internet, the answer is the one for visitors', async () => {
  await using visited = await serve({ app: ASGI });
  assert.equal((await visited.ask('/', { fields: HTML })).body, 'Internal Server Error');
  await using server = await serve({ app: ASGI, args: ['--reload'] });
  const far = [
    'X-Forwarded-For: 203.0.113.9',
    'CF-Connecting-IP: 203.0.113.9',
    'X-Forwarded-For: 203.0.113.9, 127.0.0.1',
  ];
  for (const field of far) {
    const page = await server.ask('/', { fields: `${HTML}${field}\r\n` });
    assert.match(page.body, /Something went wrong/, field);
    assert.doesNotMatch(page.body, /LookupError|the line/, field);
  }
});

test('a page of somebody else, whose name leads to this machine, reads no source code; neither does who is behind a proxy that says nothing', async () => {
  await using server = await serve({ app: ASGI, args: ['--reload'] });
  for (const head of ['GET / HTTP/1.1\r\nHost: attacker.example', 'GET / HTTP/1.0\r\nHost: 127.0.0.1']) {
    using client = await server.connect();
    client.send(`${head}\r\n${HTML}Connection: close\r\n\r\n`);
    const { body } = await client.read();
    assert.match(body, /Something went wrong/, head);
    assert.doesNotMatch(body, /LookupError|the line/, head);
  }
});

test('code that cannot be loaded at the very start is waited for, with a page that says what is wrong', async () => {
  await using server = launch({ app: 'x = 1\ndef application(environ, start:\n', args: ['--reload'] });
  await server.logged(/Mend it: it is loaded again when a file changes/);
  await server.logged(/SyntaxError/);
  await server.logged(/listening at http:\/\/127/);
  const page = await server.ask('/some/page', { fields: HTML });
  assert.equal(page.status, 500);
  assert.match(page.body, /The code cannot be loaded/);
  assert.match(page.body, /<h1>SyntaxError: .*app\.py, line 2/);
  assert.match(page.body, /<mark>.*def application\(environ, start:/);
  assert.equal(page.fields.get('portico-fault'), '1');
  assert.equal(page.fields.get('cache-control'), 'no-store');
  assert.match(
    (await server.ask('/')).body,
    /^500 .*\nThe code cannot be loaded\. SyntaxError: .*app\.py, line 2\)\nRequest /,
  );
  const head = await server.ask('/some/page', { method: 'HEAD' });
  assert.equal(head.fields.get('portico-fault'), '1', 'by which the page that waits sees that nothing has changed');
  writeFileSync(join(server.folder, 'app.py'), WSGI);
  await server.logged(/is ready \(/);
  assert.equal((await server.ask('/begun')).body, 'begun');
});

test('what was broken by a change is said until it is mended; requests never get the code before it', async () => {
  const slow = (answer: string) =>
    `import time\ntime.sleep(0.5)\ndef application(environ, start):\n    start('200 OK', [])\n    return [b'${answer}']\n`;
  await using server = await serve({ app: slow('one'), args: ['--reload'] });
  const path = join(server.folder, 'app.py');
  /** A change may be seen in two parts where the machine is busy, and then be loaded twice; the code before it is never asked. */
  const becomes = async (source: string, expected: RegExp, old: string): Promise<void> => {
    const before = server.log.length;
    writeFileSync(path, source);
    await server.logged(/app\.py has changed: reloading/, undefined, before);
    let body = '';
    for (let left = 50; left > 0 && !expected.test(body); left -= 1) {
      ({ body } = await server.ask('/', { fields: HTML }));
      assert.notEqual(body, old);
    }
    assert.match(body, expected);
  };
  await becomes(slow('two'), /^two$/, 'one');
  await becomes('import nothing_of_this_name\n', /ModuleNotFoundError: No module named/, 'two');
  const posted = await server.ask('/', { method: 'POST', body: 'x', fields: HTML });
  assert.match(posted.body, /send the request again/);
  assert.doesNotMatch(posted.body, /<script>/);
  await becomes('raise SystemExit("enough")\n', /SystemExit: enough/, 'two');
  await becomes(slow('three'), /^three$/, 'two');
});

test('a name that leads nowhere is a fault of the command, which ends', async () => {
  await using server = launch({ app: '', target: 'nothing_here', args: ['--reload'] });
  assert.equal(await server.exit, 3);
});

test('a start at an address that others reach warns of what they see', async () => {
  await using server = await serve({ app: WSGI, args: ['--reload', '--bind', '0.0.0.0:0'] });
  await server.logged(/WARNING portico: --reload shows source code .*0\.0\.0\.0:\d+ from/);
});
