// Applications come, change and go with the configuration, while requests are answered: none is lost, and what cannot be loaded changes nothing.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import { runNginx } from './nginx-server.ts';
import { descendants } from './processes.ts';
import type { Server } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os, time
def application(environ, start_response):
    if environ['PATH_INFO'] == '/slow':
        time.sleep(1.5)
    start_response('200 OK', [])
    return [('%s %s %d' % (__name__, os.environ.get('VERSION', ''), os.getpid())).encode()]
`;
const HANGS = "import time\nopen('hangs', 'w').close()\ntime.sleep(60)\n";
const BROKEN = 'raise ValueError("no such table")\n';
const SERVED = /the new configuration is served/;
const KEPT = /the configuration was not changed: the one before is served on/;

interface Written {
  readonly version: string;
  /** Modules that answer below a path of their name. */
  readonly modules: readonly string[];
}

function configuration(port: number, { version, modules }: Written): string {
  const apps = modules.map(
    (name) =>
      `[apps.${name}]\nmodule = "${name}"\nworkers = 1\nthreads = 4\nenv = { VERSION = "${name === 'shop' ? version : ''}" }\n`,
  );
  const locations = modules.map((name) => `[site.location."/${name}/"]\napp = "${name}"\n`);
  return `[edge]\nthreads = 2\n${apps.join('')}[[site]]\nlisten = "127.0.0.1:${port}"\n${locations.join('')}`;
}

async function reload(server: Server, text: string, says: RegExp): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'portico.toml'), text);
  server.signal('SIGHUP');
  await server.logged(says, 20_000, from);
}

async function askOn(client: Client, path: string): Promise<{ readonly status: number; readonly body: string }> {
  client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  return client.read('GET');
}

/** Connections that ask for the shop without a pause; returns what was answered but 200. */
function load(port: number, count: number): { stop(): Promise<string[]> } {
  let isOver = false;
  const runs = Array.from({ length: count }, async () => {
    using client = await Client.open(port);
    const others: string[] = [];
    while (!isOver) {
      const { status, body } = await askOn(client, '/shop/');
      if (status !== 200) others.push(`${status} ${body}`);
    }
    return others;
  });
  return {
    stop: async () => {
      isOver = true;
      return (await Promise.all(runs)).flat();
    },
  };
}

const workersOf = (server: Server): number =>
  descendants(server.pid).filter(({ command }) => command.includes('portico_worker')).length;

test('applications come, change and go under load, and no request is lost', async () => {
  const port = await findPort();
  const first = { version: '1', modules: ['shop'] };
  const files = { 'shop.py': APP, 'blog.py': APP, 'bad.py': BROKEN };
  await using server = await runFile({ ...files, 'portico.toml': configuration(port, first) });
  using client = await Client.open(port);
  const body = async (path: string) => (await askOn(client, path)).body;
  const shop = await body('/shop/');
  const busy = load(port, 8);
  await reload(server, configuration(port, { version: '1', modules: ['shop', 'blog'] }), SERVED);
  assert.match(await body('/blog/'), /^blog /);
  assert.equal(await body('/shop/'), shop, 'it was not loaded again');

  await reload(server, configuration(port, { version: '2', modules: ['shop', 'blog', 'bad'] }), KEPT);
  assert.match(server.log, /bad: the application could not be loaded: .*no such table[\s\S]*ValueError: no such table/);
  assert.equal(await body('/shop/'), shop);
  assert.equal((await askOn(client, '/bad/x')).status, 404);

  const blog = await body('/blog/');
  await reload(server, configuration(port, { version: '2', modules: ['shop', 'blog'] }), SERVED);
  assert.match(await body('/shop/'), /^shop 2 /);
  assert.equal(await body('/blog/'), blog);
  using slow = await Client.open(port);
  const answer = askOn(slow, '/blog/slow');
  await wait(200);
  await reload(server, configuration(port, { version: '2', modules: ['shop'] }), SERVED);
  assert.equal((await askOn(client, '/blog/x')).status, 404);
  assert.equal((await answer).body, blog, 'what it had begun it has finished');
  assert.deepEqual(await busy.stop(), []);
  // The shop's zygote and worker are all that is left.
  for (let left = 200; workersOf(server) > 2 && left > 0; left -= 1) await wait(50);
  assert.equal(workersOf(server), 2);
  assert.doesNotMatch(server.log, /hello|killed/);
});

test('an application whose folder is not there is told before anything is started', async () => {
  const port = await findPort();
  const text = configuration(port, { version: '1', modules: ['shop'] });
  await using server = await runFile({ 'shop.py': APP, 'portico.toml': text });
  await reload(server, `${text}[apps.other]\nmodule = "other"\nfolder = "nowhere"\n`, KEPT);
  assert.match(server.log, /\/nowhere is not a folder/);
});

test('who has mended an application that hangs does not wait for it', async () => {
  const port = await findPort();
  const text = (modules: readonly string[]) => configuration(port, { version: '1', modules });
  await using server = await runFile({ 'shop.py': APP, 'blog.py': HANGS, 'portico.toml': text(['shop']) });
  writeFileSync(join(server.folder, 'portico.toml'), text(['shop', 'blog']));
  server.signal('SIGHUP');
  await until('the application is loaded', () => existsSync(join(server.folder, 'hangs')));
  writeFileSync(join(server.folder, 'blog.py'), APP);
  await reload(server, text(['shop', 'blog']), SERVED);
  assert.match(server.log, /reloading again; what the reload before had loaded is thrown away/);
  using client = await Client.open(port);
  assert.equal((await askOn(client, '/blog/')).status, 200);
  await until('what hung has ended', () => server.zygotePids.length === 2);
});

test('portico nginx takes an application in at HUP, and lets one go', async () => {
  const location = (name: string) => `location /${name}/ { python_app ${name} { workers 1; } }`;
  await using nginx = await runNginx(location('shop'), { 'shop.py': APP, 'blog.py': APP });
  const { server, ask } = nginx;
  const file = join(server.folder, 'nginx.conf');
  const exchange = async (before: string, after: string, path: string, status: number) => {
    writeFileSync(file, readFileSync(file, 'utf8').replace(location(before), location(after)));
    server.signal('SIGHUP');
    for (let left = 200; left > 0 && (await ask(path)).status !== status; left -= 1) await wait(50);
    return ask(path);
  };
  assert.match((await exchange('shop', 'blog', '/blog/', 200)).body, /^blog /);
  assert.equal((await ask('/shop/')).status, 404);
  assert.match((await exchange('blog', 'shop', '/shop/', 200)).body, /^shop /);
});
