// Apache in front by mod_proxy_uwsgi.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import { serve } from '../integration/server.ts';
import { openFolder, start, writeFiles } from './programs.ts';

const APP = `
import hashlib, json

def application(environ, start):
    if environ['PATH_INFO'] == '/hash':
        start('200 OK', [('Content-Length', '64')])
        return [hashlib.sha256(environ['wsgi.input'].read()).hexdigest().encode()]
    start('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps({key: value for key, value in environ.items() if isinstance(value, str)}).encode()]
`;

function configuration(folder: string, port: number, uwsgiPort: number): string {
  const loaded = ['mpm_event', 'authz_core', 'proxy', 'proxy_uwsgi'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  return `
ServerRoot ${folder}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ServerName site.test
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
${loaded.join('\n')}
User www-data
Group www-data
ProxyPass /shop/ uwsgi://127.0.0.1:${uwsgiPort}/
ProxyPass / uwsgi://127.0.0.1:${uwsgiPort}/
`;
}

test('Apache hands requests and bodies on by uwsgi', async () => {
  const [port, uwsgiPort] = [await findPort(), await findPort()];
  await using _site = await serve({ app: APP, args: ['--bind', `uwsgi://127.0.0.1:${uwsgiPort}`] });
  const folder = openFolder();
  writeFiles(folder, { 'apache.conf': configuration(folder, port, uwsgiPort) });
  await using _apache = await start(['/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', `${folder}/apache.conf`], folder, {
    host: '127.0.0.1',
    port,
  });
  using client = await Client.open(port);
  const environ = async (path: string, fields = ''): Promise<Record<string, string>> => {
    client.send(`GET ${path} HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n`);
    return JSON.parse((await client.read('GET')).body) as Record<string, string>;
  };
  const seen = await environ('/a%20b/?q=%20', 'X-A: 1\r\n');
  assert.deepEqual(
    ['REQUEST_METHOD', 'PATH_INFO', 'QUERY_STRING', 'HTTP_HOST', 'HTTP_X_A', 'REMOTE_ADDR'].map((name) => seen[name]),
    ['GET', '/a b/', 'q=%20', 'site.test', '1', '127.0.0.1'],
  );
  const mounted = await environ('/shop/x%20y?a=1');
  assert.deepEqual(
    ['SCRIPT_NAME', 'PATH_INFO', 'QUERY_STRING', 'REQUEST_URI'].map((name) => mounted[name]),
    ['/shop', '/x y', 'a=1', '/shop/x%20y?a=1'],
  );

  const body = 'portico!'.repeat(131_072);
  client.send(`POST /hash HTTP/1.1\r\nHost: site.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const digest = createHash('sha256').update(body).digest('hex');
  assert.equal((await client.read('POST')).body, digest);
});
