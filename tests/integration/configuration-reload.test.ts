// A configuration is exchanged while the server runs: connections and workers stay, addresses come and go, and a file that cannot be read changes nothing.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import type { Server } from './server.ts';

const APP = `
import os
def application(environ, start_response):
    start_response('200 OK', [])
    return [str(os.getpid()).encode()]
`;

function configuration(port: number, reply: string, more = ''): string {
  return `[edge]\nthreads = 2\n[app]\nmodule = "app"\nworkers = 1\n[[site]]\nnames = "a.test"\nlisten = "127.0.0.1:${port}"\n[site.location."= /v"]\nreply = "${reply}"\n${more}`;
}

async function reload(server: Server, text: string, says: RegExp): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'portico.toml'), text);
  server.signal('SIGHUP');
  await server.logged(says, undefined, from);
}

async function askOn(client: Client, path: string, host = 'a.test'): Promise<string> {
  client.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return (await client.read('GET')).body;
}

/** The edge hears of the new workers a moment after the log. */
async function answerOf(client: Client, isWanted: (body: string) => boolean): Promise<string> {
  for (let left = 500; ; left -= 1) {
    const body = await askOn(client, '/');
    if (isWanted(body) || left === 0) {
      return body;
    }
  }
}

const SERVED = /the new configuration is served/;

test('an open connection goes on by the new configuration, and the workers stay', async () => {
  const [port, other] = [await findPort(), await findPort()];
  await using server = await runFile({ 'app.py': APP, 'portico.toml': configuration(port, 'one') });
  using client = await Client.open(port);
  const worker = await askOn(client, '/');
  assert.equal(await askOn(client, '/v'), 'one');
  const site = `[[site]]\nnames = "b.test"\nlisten = ["127.0.0.1:${port}", "127.0.0.1:${other}"]\nreply = "b"\n`;
  await reload(server, configuration(port, 'two', site), SERVED);
  assert.equal(await askOn(client, '/v'), 'two');
  assert.equal(await askOn(client, '/', 'b.test'), 'b');
  assert.equal(await askOn(client, '/'), worker);
  using fresh = await Client.open(other);
  assert.equal(await askOn(fresh, '/', 'b.test'), 'b');
  // What is served no more: idle connections there end, new ones are refused.
  await reload(server, configuration(port, 'three'), SERVED);
  await fresh.ended();
  await assert.rejects(Client.open(other));
  assert.equal(await askOn(client, '/v'), 'three');
  assert.equal(await askOn(client, '/'), worker);
});

test('a configuration that cannot be served changes nothing, and says where it is wrong', async () => {
  const port = await findPort();
  await using server = await runFile({ 'app.py': APP, 'portico.toml': configuration(port, 'one') });
  await reload(server, configuration(port, 'two', 'wrong = 1\n'), /portico\.toml:11:1: there is no "wrong" here/);

  using client = await Client.open(port);
  assert.equal(await askOn(client, '/v'), 'one');
  // An address that cannot be had.
  const taken = `[[site]]\nlisten = "192.0.2.1:${port}"\nreply = "x"\n`;
  await reload(server, configuration(port, 'two', taken), /192\.0\.2\.1:\d+: this machine does not have that address/);
  // What only the edge finds: a zone that counts by another key.
  const limited = (key: string): string =>
    `[site.location."/l"]\nrate-limit.rates = { zone = "z" }\n[zone.z]\nkey = "${key}"\nrate = "5r/s"\n`;
  await reload(server, configuration(port, 'two', limited('$remote_addr')), SERVED);
  await reload(server, configuration(port, 'three', limited('$host')), /the zone "z" counts by another key/);
  assert.equal(await askOn(client, '/v'), 'two');
});

test('a configuration that is as before means that the code has changed: the applications are loaded again', async () => {
  const port = await findPort();
  await using server = await runFile({ 'app.py': APP, 'portico.toml': configuration(port, 'one') });
  using client = await Client.open(port);
  const worker = await askOn(client, '/');
  await reload(server, configuration(port, 'one'), /reloaded: the new workers serve/);
  const after = await answerOf(client, (pid) => pid !== worker);
  assert.notEqual(after, worker);
});

test('an edge that is started again serves the configuration of the last reload', async () => {
  const port = await findPort();
  await using server = await runFile({ 'app.py': APP, 'portico.toml': configuration(port, 'one') });
  await reload(server, configuration(port, 'two'), SERVED);
  const from = server.log.length;
  process.kill(server.edgePid, 'SIGKILL');
  await server.logged(/it is started again/, undefined, from);
  using client = await Client.open(port);
  assert.equal(await askOn(client, '/v'), 'two');
});

test('a reload in the moment in which the edge is started again waits for it', async () => {
  const port = await findPort();
  await using server = await runFile({ 'app.py': APP, 'portico.toml': configuration(port, 'one') });
  for (const reply of ['two', 'three', 'four']) {
    const from = server.log.length;
    process.kill(server.edgePid, 'SIGKILL');
    await server.logged(/it is started again/, undefined, from);
    await reload(server, configuration(port, reply), SERVED);
    using client = await Client.open(port);
    assert.equal(await askOn(client, '/v'), reply);
  }
});

test('how many connections there may be, and how long the end may take, is that of the last reload', async () => {
  const port = await findPort();
  const limited = (limits: string) => configuration(port, 'one').replace('threads = 2\n', `threads = 2\n${limits}`);
  await using server = await runFile({ 'app.py': APP, 'portico.toml': limited('connections = 1\n') });
  using client = await Client.open(port);
  assert.equal(await askOn(client, '/v'), 'one');
  using refused = await Client.open(port);
  await refused.ended();
  await reload(server, limited('connections = 2\ngraceful-timeout = "7s"\n'), SERVED);
  assert.doesNotMatch(server.log, /next start/);
  using second = await Client.open(port);
  assert.equal(await askOn(second, '/v'), 'one');
  server.signal('SIGTERM');
  await server.logged(/SIGTERM: stopping; requests that run may go on for 7 s/);
});
