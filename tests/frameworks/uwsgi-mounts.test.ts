// Django below a path of its own, behind servers that say by uwsgi where it is mounted: nginx, Apache, and Portico as nginx.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import type { Server } from '../integration/server.ts';
import type { Program } from '../peers/programs.ts';
import { openFolder, start, startFront, writeFiles } from '../peers/programs.ts';
import { serveExample, stopExample } from './example.ts';

let site: Server;
let port = 0;
before(async () => {
  port = await findPort();
  const binds = ['--bind', '127.0.0.1:0', '--bind', `uwsgi://127.0.0.1:${port}`];
  site = await serveExample('django', { target: '', prepare: ['manage.py', 'prepare'], args: binds });
});
after(() => stopExample(site));

function nginxFile(folder: string, at: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {} http { access_log off;
${paths.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
server { listen 127.0.0.1:${at}; server_name localhost;
location /shop { include /etc/nginx/uwsgi_params; uwsgi_param SCRIPT_NAME /shop; uwsgi_modifier1 30; uwsgi_pass 127.0.0.1:${port}; } } }`;
}

function apacheFile(folder: string, at: number): string {
  const loaded = ['mpm_event', 'authz_core', 'proxy', 'proxy_uwsgi'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  return `ServerRoot ${folder}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ServerName localhost
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${at}
${loaded.join('\n')}
User www-data
Group www-data
ProxyPass /shop uwsgi://127.0.0.1:${port}
`;
}

type Start = (folder: string, at: number) => Promise<Program>;

const FRONTS: Readonly<Record<string, Start>> = {
  nginx: (folder, at) => {
    writeFiles(folder, { 'nginx.conf': nginxFile(folder, at) });
    const command = ['/usr/sbin/nginx', '-p', folder, '-e', `${folder}/error.log`, '-c', `${folder}/nginx.conf`];
    return start([...command, '-g', 'daemon off;'], folder, { host: '127.0.0.1', port: at });
  },
  Apache: (folder, at) => {
    writeFiles(folder, { 'apache.conf': apacheFile(folder, at) });
    const command = ['/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', `${folder}/apache.conf`];
    return start(command, folder, { host: '127.0.0.1', port: at });
  },
  'Portico as nginx': (folder, at) => startFront(nginxFile(folder, at), folder, at),
};

for (const [name, startIt] of Object.entries(FRONTS)) {
  test(`Django knows behind ${name} where it is mounted`, async () => {
    const [folder, at] = [openFolder(), await findPort()];
    await using _front = await startIt(folder, at);
    using client = await Client.open(at);
    const ask = (path: string) => {
      client.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      return client.read();
    };
    for (const path of ['/shop/', '/shop']) {
      const { status, body } = await ask(path);
      assert.equal(status, 200, `${path}: ${body}`);
      assert.match(body, /csrfmiddlewaretoken/);
    }
    const moved = await ask('/shop/admin/');
    assert.deepEqual([moved.status, moved.fields.get('location')], [302, '/shop/admin/login/?next=/shop/admin/']);
  });
}
