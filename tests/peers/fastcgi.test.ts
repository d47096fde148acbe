// Applications that speak FastCGI and SCGI behind us: flup, and uWSGI, which speaks both.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPort } from '../integration/free-port.ts';
import { askOnce, echoApp } from './echo-app.ts';
import type { Program } from './programs.ts';
import { openFolder, pythonProgram, start, startFlup, startFront, writeFiles } from './programs.ts';

/** What it was asked, and its errors and statuses. */
const APP = `${echoApp()}
echo = application

def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/complains':
        environ['wsgi.errors'].write('as it "was" asked\\n')
        environ['wsgi.errors'].flush()
    if path == '/none':
        start_response('404 Not Here', [('Content-Type', 'text/plain')])
        return [b'none']
    return echo(environ, start_response)
`;

/** Locations that ask in each of the protocols: `/kept` with connections that are kept, `/streamed` without buffers. */
function front(port: number, sockets: Readonly<Record<'flup' | 'fastcgi' | 'scgi', string>>): string {
  const params = (of: 'fastcgi' | 'scgi') =>
    Object.entries({
      ...{ QUERY_STRING: '$query_string', REQUEST_METHOD: '$request_method', CONTENT_TYPE: '$content_type' },
      ...{ CONTENT_LENGTH: '$content_length', PATH_INFO: '$uri', SERVER_PROTOCOL: '$server_protocol' },
      ...{ SERVER_NAME: '$server_name', SERVER_PORT: '$server_port', REMOTE_ADDR: '$remote_addr', SCRIPT_NAME: '""' },
      ...{ REQUEST_SCHEME: '$scheme', REQUEST_URI: '$request_uri' },
    })
      .map(([name, value]) => `${of}_param ${name} ${value};`)
      .join(' ');
  return `pid nginx.pid; error_log stderr info; events {} http { access_log off;
upstream kept { server unix:${sockets.flup}; keepalive 4; }
server { listen 127.0.0.1:${port}; server_name domain.test; ${params('fastcgi')} ${params('scgi')}
location / { rewrite ^/[^/]+(/.*) $1 break; fastcgi_pass unix:${sockets.flup}; }
location /kept/ { rewrite ^/[^/]+(/.*) $1 break; fastcgi_pass kept; fastcgi_keep_conn on; }
location /streamed/ { rewrite ^/[^/]+(/.*) $1 break; fastcgi_pass unix:${sockets.flup}; fastcgi_request_buffering off; fastcgi_buffering off; }
location /caught/ { rewrite ^/[^/]+(/.*) $1 break; fastcgi_pass unix:${sockets.flup}; fastcgi_catch_stderr "was"; }
location /uwsgi/ { rewrite ^/[^/]+(/.*) $1 break; fastcgi_pass unix:${sockets.fastcgi}; }
location /scgi/ { rewrite ^/[^/]+(/.*) $1 break; scgi_pass unix:${sockets.scgi}; }
} }`;
}

test('requests and bodies reach applications over FastCGI and SCGI, and their answers, statuses and errors come back', async () => {
  const folder = openFolder();
  const port = await findPort();
  const socket = (name: string): string => join(folder, `${name}.sock`);
  const sockets = { flup: socket('a'), fastcgi: socket('b'), scgi: socket('c') };
  await using _flup = await startFlup({ app: APP, at: sockets.flup });
  await using _uwsgi = await startUwsgiAs({ '--fastcgi-socket': sockets.fastcgi, '--scgi-socket': sockets.scgi });
  await using nginx = await startFront(front(port, sockets), folder, port);

  for (const way of ['fastcgi', 'kept', 'kept', 'streamed', 'uwsgi', 'scgi']) {
    const { answer, environ } = await askOnce(port, `/${way}/page?a=b`, 'Host: domain.test\r\nX-Some: thing\r\n');
    assert.equal(answer.status, 200, way);
    assert.deepEqual(
      ['PATH_INFO', 'QUERY_STRING', 'REQUEST_METHOD', 'HTTP_X_SOME', 'SERVER_NAME'].map((name) => environ[name]),
      ['/page', 'a=b', 'GET', 'thing', 'domain.test'],
      way,
    );
    const posted = await askOnce(port, `/${way}/page`, undefined, 'y'.repeat(300_000));
    assert.deepEqual([posted.environ['CONTENT_LENGTH'], posted.environ['body']?.length], ['300000', 300_000], way);
    const none = await askOnce(port, `/${way}/none`);
    assert.deepEqual(
      [none.answer.status, none.answer.fields.has('status'), none.answer.body],
      [404, false, 'none'],
      way,
    );
  }

  assert.equal((await askOnce(port, '/fastcgi/complains')).answer.status, 200);
  await nginx.server.logged(
    /\[error\] .*FastCGI sent in stderr: "as it \\x22was\\x22 asked" while reading .* from upstream, client: 127\.0\.0\.1, server: domain\.test, request: "GET \/fastcgi\/complains HTTP\/1\.1", upstream: "fastcgi:\/\/unix:/,
  );
  assert.equal((await askOnce(port, '/caught/complains')).answer.status, 502);
});

function startUwsgiAs(sockets: Readonly<Record<string, string>>): Promise<Program> {
  const folder = openFolder();
  writeFiles(folder, { 'app.py': APP });
  const command = [pythonProgram('uwsgi'), ...Object.entries(sockets).flat(), '--chmod-socket=666'];
  const [path = ''] = Object.values(sockets);
  return start([...command, '--wsgi-file', 'app.py', '--die-on-term', '--need-app'], folder, { path });
}
