// Apache with mod_wsgi behind us, as its users have nginx in front of it: files first, then the application, by HTTP and by TLS.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Authority } from '../integration/certificates.ts';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import { startApache } from './apache.ts';
import { ask, askOnce, echoApp } from './echo-app.ts';
import { openFolder, startFront, writeFiles } from './programs.ts';

function virtualHost(port: number, folder: string): string {
  return `
<VirtualHost *:${port}>
    ServerName domain.com
    ServerAdmin webmaster@domain.com
    ErrorLog ${folder}/domain.com.log
    
    # Tell Apache this is a HTTPS request without actually using HTTPS on the localhost
    SetEnvIf X-Forwarded-Protocol "^https$" HTTPS=on
    
    WSGIDaemonProcess domain display-name=%{GROUP} maximum-requests=10000
    WSGIProcessGroup domain
    WSGIScriptAlias / ${folder}/apache/django.wsgi

    <Directory ${folder}/apache>
        Order deny,allow
        Allow from all
    </Directory>
</VirtualHost>
`;
}

interface Places {
  readonly folder: string;
  readonly port: number;
  readonly securePort: number;
  readonly apachePort: number;
}

function sites({ folder, port, apachePort }: Places): string {
  return `
# Gunicorn server
upstream django {
  server         127.0.0.1:${apachePort};
}

# Redirect all requests on the www subdomain to the root domain
server {
  listen      ${port};
  server_name www.domain.com;
  rewrite ^/(.*) http://domain.com/$1 permanent;
}

# Serve static files and redirect any other request to Gunicorn
server {
  listen       ${port};
  server_name  domain.com;
  root        ${folder}/www/;
  access_log  ${folder}/domain.com.access.log;
  error_log  ${folder}/domain.com.error.log;
  
  # Check if a file exists at /var/www/domain/ for the incoming request.
  # If it doesn't proxy to Gunicorn/Django.
  try_files $uri @django;
  
  # Setup named location for Django requests and handle proxy details
  location @django {
    proxy_pass         http://django;
    proxy_redirect     off;
    proxy_set_header   Host             $host;
    proxy_set_header   X-Real-IP        $remote_addr;
    proxy_set_header   X-Forwarded-For  $proxy_add_x_forwarded_for;
  }
}
`;
}

function secureSite({ folder, securePort }: Places): string {
  return `
server {
  listen       127.0.0.1:${securePort}; #replace with your own ip address
  server_name  domain.com;
  root        ${folder}/www/;
  access_log  ${folder}/domain.com.access.log;

  ssl on;
  ssl_certificate ${folder}/domain.com.crt;
  ssl_certificate_key ${folder}/domain.com.key;
  ssl_prefer_server_ciphers       on;
  
  # Check if a file exists at /var/www/domain/ for the incoming request.
  # If it doesn't proxy to Gunicorn/Django.
  try_files $uri @django;
  
  # Setup named location for Django requests and handle proxy details
  location @django {
    proxy_pass         http://django;
    proxy_redirect     off;
    proxy_set_header   Host             $host;
    proxy_set_header   X-Real-IP        $remote_addr;
    proxy_set_header   X-Forwarded-For  $proxy_add_x_forwarded_for;
    proxy_set_header   X-Forwarded-Protocol ssl;
  }
  	    
}
`;
}

test('an application in Apache gets what is no file, told who asks and for which host', async () => {
  const folder = openFolder();
  const places = { folder, port: await findPort(), securePort: await findPort(), apachePort: await findPort() };
  const { cert, key } = new Authority(folder).issue('domain.com');
  writeFiles(folder, {
    'www/robots.txt': 'all welcome',
    'domain.com.crt': readFileSync(cert, 'utf8'),
    'domain.com.key': readFileSync(key, 'utf8'),
  });
  const text = `pid nginx.pid; error_log error.log; events {} http {\n${sites(places)}${secureSite(places)}\n}`;
  await using _apache = await startApache(places.apachePort, (home) => virtualHost(places.apachePort, home), {
    'apache/django.wsgi': echoApp(),
  });
  await using _front = await startFront(text, folder, places.port);

  assert.equal((await askOnce(places.port, '/robots.txt', 'Host: domain.com\r\n')).answer.body, 'all welcome');
  const redirected = await askOnce(places.port, '/a/b', 'Host: www.domain.com\r\n');
  assert.deepEqual(
    [redirected.answer.status, redirected.answer.fields.get('location')],
    [301, 'http://domain.com/a/b'],
  );
  const { answer, environ } = await askOnce(places.port, '/a?b=c', 'Host: domain.com\r\n', 'some');
  assert.equal(answer.status, 200, answer.body);
  assert.deepEqual(
    ['PATH_INFO', 'QUERY_STRING', 'HTTP_HOST', 'HTTP_X_REAL_IP', 'HTTP_X_FORWARDED_FOR', 'body'].map(
      (name) => environ[name],
    ),
    ['/a', 'b=c', 'domain.com', '127.0.0.1', '127.0.0.1', 'some'],
  );

  using client = await Client.secure(places.securePort, { servername: 'domain.com', rejectUnauthorized: false });
  const secure = await ask(client, '/secure', 'Host: domain.com\r\n');
  assert.deepEqual([secure.answer.status, secure.environ['HTTP_X_FORWARDED_PROTOCOL']], [200, 'ssl']);
});
