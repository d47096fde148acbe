// uWSGI behind us, over the protocol uwsgi: files first, then the application.

import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPort } from '../integration/free-port.ts';
import { askOnce, echoApp } from './echo-app.ts';
import { openFolder, startFront, startUwsgi, writeFiles } from './programs.ts';

/** Some containers have none. */
const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

/** As it comes with nginx. */
const PARAMS = `
uwsgi_param  QUERY_STRING       $query_string;
uwsgi_param  REQUEST_METHOD     $request_method;
uwsgi_param  CONTENT_TYPE       $content_type;
uwsgi_param  CONTENT_LENGTH     $content_length;

uwsgi_param  REQUEST_URI        $request_uri;
uwsgi_param  PATH_INFO          $document_uri;
uwsgi_param  DOCUMENT_ROOT      $document_root;
uwsgi_param  SERVER_PROTOCOL    $server_protocol;
uwsgi_param  REQUEST_SCHEME     $scheme;
uwsgi_param  HTTPS              $https if_not_empty;

uwsgi_param  REMOTE_ADDR        $remote_addr;
uwsgi_param  REMOTE_PORT        $remote_port;
uwsgi_param  SERVER_PORT        $server_port;
uwsgi_param  SERVER_NAME        $server_name;
`;

function main(folder: string): string {
  return `
user www-data;						#NGNIX User
worker_processes  1;			# Number of processes 

error_log  ${folder}/log/error.log;
pid        ${folder}/nginx.pid;

events {
    worker_connections  1024;			#Sets the number of connections that each worker can handle. This is a good default setting
}

http {
    include       ${folder}/mime.types;			#Leave it as it is
    default_type  application/octet-stream;			#Leave it as it is

    access_log  ${folder}/log/access.log;					

    sendfile        on;								#Sendfile is used when the server (Nginx) can actually ignore the contents of the file it is sending.
    #tcp_nopush     on; #Tcp_nopush: this option is only available if you are using sendfile

    #keepalive_timeout  0;
    keepalive_timeout  65;#once a connection has been established
    tcp_nodelay        on;	# helps you to avoid buffer data-sends

    gzip  on;#compress data

    include ${folder}/conf.d/*.conf;			#
    include ${folder}/sites-enabled/*;# include child configs of individual servers like the one below
}
`;
}

test('files, then the application of a uWSGI at a port, with files of configuration that include each other', async () => {
  const folder = openFolder();
  const [port, at] = [await findPort(), await findPort()];
  writeFiles(folder, {
    'mime.types': 'types { text/html html; text/plain txt; }',
    'log/access.log': '',
    uwsgi_params: PARAMS,
    'html/page.txt': 'a file',
    'html/index.html': 'of the site',
    'html/folder/index.html': 'of a folder',
    'sites-enabled/default': `
server {
        listen ${port} default_server;					
        ${HAS_IPV6 ? `listen [::1]:${port} default_server ipv6only=on;` : ''}

        root ${folder}/html;
        index index.html index.htm;

        # Make site accessible from http://localhost/
        server_name localhost;

        location / {
                # First attempt to serve request as file, then
                # as directory, then fall back to displaying a 404.
                try_files $uri $uri/ /index.html;
                # Uncomment to enable naxsi on this location
                # include /etc/nginx/naxsi.rules
                set $app index; # setting my own variable
				include ${folder}/uwsgi_params; # including uwsgi params that nginx gives
				uwsgi_pass 127.0.0.1:${at}; # passing to uwsgi server
        }
}
`,
  });
  await using _app = await startUwsgi({ app: echoApp(), at });
  await using _front = await startFront(main(folder), folder, port);
  // Whatever try_files finds, it is the application that answers in this location.
  const { answer, environ } = await askOnce(port, '/page.txt?a=b');
  assert.equal(answer.status, 200);
  assert.deepEqual(
    ['PATH_INFO', 'QUERY_STRING', 'REQUEST_URI', 'SERVER_NAME', 'SERVER_PORT', 'REMOTE_ADDR', 'HTTP_HOST'].map(
      (name) => environ[name],
    ),
    ['/page.txt', 'a=b', '/page.txt?a=b', 'localhost', String(port), '127.0.0.1', 'domain.test'],
  );
  assert.equal((await askOnce(port, '/nothing')).environ['PATH_INFO'], '/index.html');
});

for (const kind of ['TCP', 'a Unix socket'] as const) {
  test(`every request to a uWSGI over ${kind}, with bodies`, async () => {
    const folder = openFolder();
    const port = await findPort();
    const at = kind === 'TCP' ? await findPort() : join(folder, 'uwsgi.sock');
    const server = typeof at === 'number' ? `127.0.0.1:${at}` : `unix:${at}`;
    writeFiles(folder, { uwsgi_params: PARAMS });
    const text = `pid nginx.pid; error_log error.log; events {} http { access_log off; server { listen 127.0.0.1:${port};
location / {
    include uwsgi_params;
    uwsgi_pass ${server};
}
location /streamed { include uwsgi_params; uwsgi_request_buffering off; uwsgi_buffering off; uwsgi_pass ${server}; }
} }`;
    await using _app = await startUwsgi({ app: echoApp(), at });
    await using _front = await startFront(text, folder, port);
    assert.equal((await askOnce(port, '/any')).environ['PATH_INFO'], '/any');
    for (const path of ['/whole', '/streamed']) {
      const { environ } = await askOnce(port, path, undefined, 'y'.repeat(300_000));
      assert.deepEqual([environ['CONTENT_LENGTH'], environ['body']?.length], ['300000', 300_000], path);
    }
  });
}
