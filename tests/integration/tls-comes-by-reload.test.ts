// TLS comes with a reload, asks its clients for certificates with the next, and goes again: what is configured is so from the moment that the configuration is served.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';

const SERVED = /the new configuration is served/;
const APP = `
async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    tls = scope['extensions'].get('tls') or {}
    body = (tls.get('server_cert') or 'none').replace('\\n', '').encode()
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': body})
`;

test('TLS of a configuration that is reloaded', async () => {
  const port = await findPort();
  const site = `[edge]\nthreads = 2\n[[site]]\nlisten = "127.0.0.1:${port}`;
  await using server = await runFile({ 'portico.toml': `${site}"\nreply = "plain"\n`, 'shop.py': APP });
  const authority = new Authority(server.folder);
  const { cert, key } = authority.issue('site');
  const ca = readFileSync(authority.cert);
  const reload = async (text: string): Promise<void> => {
    const from = server.log.length;
    writeFileSync(join(server.folder, 'portico.toml'), text);
    server.signal('SIGHUP');
    await server.logged(SERVED, undefined, from);
  };
  const ask = async (options: object = {}): Promise<string> => {
    using client = await Client.secure(port, { ca, ...options });
    client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
    const { status, body } = await client.read();
    return status === 200 ? body : `${status} ${body}`;
  };
  const tls = `tls = { certificates = [{ certificate = "${cert}", key = "${key}" }]`;
  await reload(`${site} tls"\nreply = "secure"\n${tls} }\n`);
  assert.equal(await ask(), 'secure');

  await reload(
    `${site} tls"\nreply = "known"\n${tls}, client-certificates = "required", client-ca = "${authority.cert}" }\n`,
  );
  assert.match(await ask(), /^400 .*\nThis site is for clients with a certificate that it knows\.\n/);
  await server.logged(/INFO edge: refused 127\.0\.0\.1: client sent no required SSL certificate/);
  const own = authority.issue('client');
  assert.equal(await ask({ cert: readFileSync(own.cert), key: readFileSync(own.key) }), 'known');

  // An application that joins with another certificate is told of that one.
  const second = authority.issue('second');
  const app = `app = "shop"\n[apps.shop]\nmodule = "shop"\nworkers = 1\n`;
  await reload(`${site} tls"\n${tls.replace(cert, second.cert).replace(key, second.key)} }\n${app}`);
  assert.equal(await ask(), readFileSync(second.cert, 'utf8').replaceAll('\n', ''));

  await reload(`${site}"\nreply = "plain"\n`);
  using client = await Client.open(port);
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  assert.equal((await client.read()).body, 'plain');
});
