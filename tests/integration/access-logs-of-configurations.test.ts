// Access logs of portico.toml: those of their site, in words of ours and of nginx, and the same files behind a reload.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import { until } from './waiting.ts';

const configuration = (port: number, reply: string): string => `[edge]
threads = 2
[[site]]
names = "a.test"
listen = "127.0.0.1:${port}"
reply = "${reply}"
access-log = ["usual.log", { to = "some.log", format = "$request_uri $status", if = "$arg_x" }, { to = "json.log", format = "json" }]
[[site]]
names = "quiet.test"
listen = "127.0.0.1:${port}"
reply = "quiet"
`;

test('a site has its own logs, and a reload goes on with them', async () => {
  const port = await findPort();
  await using server = await runFile({ 'portico.toml': configuration(port, 'one') });
  const lines = (name: string): string[] => readFileSync(join(server.folder, name), 'latin1').split('\n').slice(0, -1);
  using client = await Client.open(port);
  const ask = async (path: string, host = 'a.test'): Promise<string> => {
    client.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return (await client.read('GET')).body;
  };
  await ask('/first?x=1');
  await ask('/second');
  await ask('/third', 'quiet.test');
  writeFileSync(join(server.folder, 'portico.toml'), configuration(port, 'two'));
  server.signal('SIGHUP');
  await server.logged(/the new configuration is served/);
  assert.equal(await ask('/fourth?x=1'), 'two');
  await until(
    'the logs have their lines',
    () => lines('usual.log').length >= 3 && lines('some.log').length >= 2 && lines('json.log').length >= 3,
  );
  assert.deepEqual(
    lines('usual.log').map((line) => /"GET (\S+) HTTP\/1\.1" 200 3 /.exec(line)?.[1]),
    ['/first?x=1', '/second', '/fourth?x=1'],
  );
  assert.deepEqual(lines('some.log'), ['/first?x=1 200', '/fourth?x=1 200']);
  assert.deepEqual(
    lines('json.log').map((line) => (JSON.parse(line) as { target: string }).target),
    ['/first?x=1', '/second', '/fourth?x=1'],
  );
});
