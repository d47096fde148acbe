// gunicorn behind us, as its own guide has nginx in front of it: files first, then the application, over a Unix socket or TCP.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPort } from '../integration/free-port.ts';
import { askOnce, echoApp } from './echo-app.ts';
import { openFolder, startFront, startGunicorn, writeFiles } from './programs.ts';

interface Places {
  readonly port: number;
  readonly folder: string;
  readonly server: string;
}

function guide({ port, folder, server }: Places): string {
  return `
worker_processes 1;

user nobody nogroup;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.error.log;

events {
    worker_connections 1024;
    accept_mutex off;
}

http {
    include mime.types;
    default_type application/octet-stream;
    access_log ${folder}/nginx.access.log combined;
    sendfile on;

    upstream app_server {
        server ${server} fail_timeout=0;
    }

    server {
        listen ${port} default;
        client_max_body_size 4G;
        server_name _;

        keepalive_timeout 5;

        # path for static files
        root ${folder}/public;

        location / {
            # checks for static file, if not found proxy to app
            try_files $uri @proxy_to_app;
        }

        location @proxy_to_app {
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header Host $http_host;
            proxy_redirect off;

            proxy_pass   http://app_server;
        }

        error_page 500 502 503 504 /500.html;
        location = /500.html {
            root ${folder}/public;
        }
    }
}
`;
}

const FILES = {
  'public/robots.txt': 'all welcome',
  'public/500.html': 'something is wrong here',
  'mime.types': 'types { text/plain txt; text/html html; }',
};

for (const kind of ['a Unix socket', 'TCP'] as const) {
  test(`the guide's configuration in front of a real gunicorn over ${kind}`, async () => {
    const folder = openFolder();
    writeFiles(folder, FILES);
    const at = kind === 'TCP' ? await findPort() : join(folder, 'gunicorn.sock');
    const port = await findPort();
    const server = typeof at === 'number' ? `127.0.0.1:${at}` : `unix:${at}`;
    await using _front = await startFront(guide({ port, folder, server }), folder, port);
    {
      await using _app = await startGunicorn({ app: echoApp(), at });
      assert.equal((await askOnce(port, '/robots.txt')).answer.body, 'all welcome');
      const { answer, environ } = await askOnce(
        port,
        '/caf%C3%A9?a=b',
        'Host: domain.test:81\r\nX-Forwarded-For: 192.0.2.1\r\n',
      );
      assert.equal(answer.status, 200);
      assert.deepEqual(
        [environ['HTTP_HOST'], environ['HTTP_X_FORWARDED_FOR'], environ['PATH_INFO'], environ['QUERY_STRING']],
        ['domain.test:81', '192.0.2.1, 127.0.0.1', '/caf\xc3\xa9', 'a=b'],
      );
      assert.equal((await askOnce(port, '/form', undefined, 'x'.repeat(100_000))).environ['body']?.length, 100_000);
      const moved = await askOnce(port, '/moved');
      assert.deepEqual([moved.answer.status, moved.answer.fields.get('location')], [302, 'http://domain.test/there']);
      const failed = await askOnce(port, '/fails');
      assert.equal(failed.answer.status, 500);
      assert.match(failed.answer.body, /Internal Server Error/, 'pages of the application are its own');
    }
    const gone = await askOnce(port, '/app');
    assert.deepEqual([gone.answer.status, gone.answer.body], [502, 'something is wrong here']);
  });
}

test('a site with proxy_params, its static files beside it, in front of a gunicorn at a Unix socket', async () => {
  const folder = openFolder();
  const socket = join(folder, 'gunicorn.sock');
  const port = await findPort();
  writeFiles(folder, {
    // As Debian has it.
    proxy_params: `proxy_set_header Host $http_host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
`,
    'files/static/a.css': 'a {}',
  });
  const site = `
server {
listen ${port};
server_name yourdomain.com www.yourdomain.com;
location = /favicon.ico { access_log off; log_not_found off; }
location /static/ {
root ${folder}/files;
}
location / {
include proxy_params;
proxy_pass http://unix:${socket};
}
}
`;
  const text = `pid nginx.pid; error_log error.log; events {} http { access_log access.log;\n${site}\n}`;
  await using _app = await startGunicorn({ app: echoApp(), at: socket });
  await using _front = await startFront(text, folder, port);
  const { environ } = await askOnce(port, '/path', 'Host: www.yourdomain.com\r\n');
  assert.deepEqual(
    ['HTTP_HOST', 'HTTP_X_REAL_IP', 'HTTP_X_FORWARDED_FOR', 'wsgi.url_scheme', 'SERVER_PROTOCOL'].map(
      (name) => environ[name],
    ),
    ['www.yourdomain.com', '127.0.0.1', '127.0.0.1', 'http', 'HTTP/1.0'],
  );
  assert.equal((await askOnce(port, '/static/a.css')).answer.body, 'a {}');
  assert.equal((await askOnce(port, '/favicon.ico')).answer.status, 404);
});
