// A request that is held back when the configuration changes goes on in the plan in which it began: to an application that is gone by then, and to the counts and logs of that plan.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import { descendants } from './processes.ts';
import type { Server } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import time
def application(environ, start_response):
    if environ['PATH_INFO'].endswith('/slow'):
        open('begun', 'w').close()
        time.sleep(1)
    start_response('200 OK', [])
    return [__name__.encode()]
`;
const SERVED = /the new configuration is served/;

async function reload(server: Server, text: string): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'portico.toml'), text);
  server.signal('SIGHUP');
  await server.logged(SERVED, 20_000, from);
}

function ask(client: Client, path: string): Promise<{ readonly status: number; readonly body: string }> {
  client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  return client.read('GET');
}

test('an application that is gone still answers what a rate has held back, and then ends', async () => {
  const port = await findPort();
  const site = `[edge]\nthreads = 2\n[[site]]\nlisten = "127.0.0.1:${port}"\n[site.location."/v"]\nreply = "v"\n`;
  const shop = `[site.location."/shop/"]\napp = "shop"\nrate-limit.rates = { zone = "z", burst = 5 }\n[apps.shop]\nmodule = "shop"\nworkers = 1\n[zone.z]\nkey = "$remote_addr"\nrate = "40r/m"\n`;
  await using server = await runFile({ 'shop.py': APP, 'portico.toml': `${site}${shop}` });
  using client = await Client.open(port);
  // Sent at once, so that the second has been read, and is held, when the first has been answered.
  client.send('GET /shop/ HTTP/1.1\r\nHost: a.test\r\n\r\n'.repeat(2));
  assert.equal((await client.read()).status, 200);
  const held = client.read();
  await reload(server, site);
  using other = await Client.open(port);
  assert.equal((await ask(other, '/shop/')).status, 403, 'the site has no content there');
  const { status, body } = await held;
  assert.deepEqual([status, body], [200, 'shop']);
  const hasWorkers = () => descendants(server.pid).some(({ command }) => command.includes('portico_worker'));
  await until('its processes have ended', () => !hasWorkers());
});

test('a request that goes on over the change to a server of one application is logged where it began', async () => {
  const port = await findPort();
  const head = `[app]\nmodule = "app"\nworkers = 1\n[edge]\nthreads = 1\n[[site]]\nlisten = "127.0.0.1:${port}"\n`;
  const planned = `${head}access-log = { to = "before.log", format = '%U %>s' }\n[site.location."/v"]\nreply = "v"\n`;
  await using server = await runFile({ 'app.py': APP, 'portico.toml': planned });
  const file = join(server.folder, 'before.log');
  const isOpen = () =>
    readdirSync(`/proc/${server.edgePid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${server.edgePid}/fd/${fd}`) === file;
      } catch {
        return false;
      }
    });
  using client = await Client.open(port);
  const slow = ask(client, '/slow');
  await until('the request has begun', () => existsSync(join(server.folder, 'begun')));
  await reload(server, head);
  assert.equal((await slow).body, 'app');
  await until('the line is in the log', () => readFileSync(file, 'utf8').includes('/slow'));
  await until('the log is closed', () => !isOpen());
});
