// Requests that are passed on by TLS: whom the server behind is, whom it is shown, and what the log says where there is no TLS with it.

import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createPlainServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer } from 'node:tls';
import { Authority } from './certificates.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
after(() => rmSync(folder, { recursive: true }));
const read = (path: string): string => readFileSync(path, 'utf8');
const authority = new Authority(folder);
const site = authority.issue('site');
const [first, second] = [authority.issue('first'), authority.issue('second')];

interface Met {
  readonly name: string | false | null;
  readonly client: string | undefined;
  readonly isResumed: boolean;
}

test('requests are passed on by TLS', async () => {
  const met: Met[] = [];
  const behind = createServer(
    {
      ...{ cert: read(site.cert), key: read(site.key), ca: [read(authority.cert)] },
      ...{ requestCert: true, rejectUnauthorized: false },
    },
    (socket) => {
      const client = socket.getPeerX509Certificate()?.subject;
      met.push({ name: socket.servername, client, isResumed: socket.isSessionReused() });
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Buffer) => {
        const body = bytes.toString('latin1').startsWith('GET /large') ? 'x'.repeat(300_000) : 'hello';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    },
  );
  const mute = createPlainServer((socket) => socket.on('error', () => undefined).end());
  for (const server of [behind, mute]) {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    after(() => server.close());
  }
  const portOf = (server: typeof mute): number => (server.address() as AddressInfo).port;
  const port = portOf(behind);
  await using nginx = await runNginx(
    `location / { proxy_pass https://127.0.0.1:${port}; }
     location /verified { proxy_pass https://127.0.0.1:${port}; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem;
       proxy_ssl_name site.test; proxy_ssl_server_name on; }
     location /misnamed { proxy_pass https://127.0.0.1:${port}; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem; proxy_ssl_name $arg_name; }
     location /strange { proxy_pass https://127.0.0.1:${port}; proxy_ssl_verify on; proxy_ssl_trusted_certificate own.pem; }
     location /own { proxy_pass https://127.0.0.1:${port}; proxy_ssl_certificate own.pem; proxy_ssl_certificate_key own.key; proxy_ssl_session_reuse off; }
     location /kept/ { proxy_pass https://kept/; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_ssl_name $arg_name; proxy_ssl_server_name on; }
     location /mute { proxy_pass https://127.0.0.1:${portOf(mute)}; }`,
    { 'ca.pem': read(authority.cert), 'own.pem': read(first.cert), 'own.key': read(first.key) },
    { http: `upstream kept { server 127.0.0.1:${port}; keepalive 4; }` },
  );
  const ask = async (path: string): Promise<string> => {
    const { status, body } = await nginx.ask(path);
    return `${status} ${body.length}`;
  };

  equal(await ask('/'), '200 5');
  deepEqual(met.splice(0), [{ name: false, client: undefined, isResumed: false }]);
  equal(await ask('/large'), '200 300000');
  deepEqual(
    met.splice(0).map(({ isResumed }) => isResumed),
    [true],
    'the session is taken up again',
  );
  equal(await ask('/verified'), '200 5');
  deepEqual(met.splice(0), [{ name: 'site.test', client: undefined, isResumed: false }]);

  equal((await nginx.ask('/misnamed?name=other.test')).status, 502);
  await nginx.server.logged(
    /\[error\] .* upstream SSL certificate does not match "other\.test" while SSL handshaking to upstream, client: .*, upstream: "https:\/\/127\.0\.0\.1:\d+\/misnamed\?name=other\.test", host: "a\.test"/,
  );
  equal((await nginx.ask('/strange')).status, 502);
  await nginx.server.logged(
    /\[error\] .* upstream SSL certificate verify error: \(\d+:[a-z -]+\) while SSL handshaking to upstream/,
  );
  equal((await nginx.ask('/mute')).status, 502);
  await nginx.server.logged(/peer closed connection in SSL handshake.* while SSL handshaking to upstream/);

  met.length = 0;
  equal(await ask('/kept/?name=one.test'), '200 5');
  equal(await ask('/kept/?name=one.test'), '200 5');
  equal(await ask('/kept/?name=two.test'), '200 5');
  deepEqual(
    met.splice(0).map(({ name }) => name),
    ['one.test', 'two.test'],
    'a connection is kept for the name that it was made for',
  );

  equal(await ask('/own'), '200 5');
  copyFileSync(second.cert, join(nginx.server.folder, 'own.pem'));
  copyFileSync(second.key, join(nginx.server.folder, 'own.key'));
  nginx.server.signal('SIGHUP');
  await nginx.server.logged(/new files of TLS with servers behind are in use/);
  equal(await ask('/own'), '200 5');
  deepEqual(
    met.map(({ client }) => client),
    ['CN=first', 'CN=second'],
  );
});
