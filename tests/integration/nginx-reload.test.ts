// HUP of a server that nginx's files describe: the new files are served by open connections too, and files with a fault change nothing.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { PORTICO } from './server.ts';
import { until } from './waiting.ts';

function configuration(folder: string, port: number, reply: string): string {
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `daemon off; ${user} pid ${folder}/nginx.pid; error_log ${folder}/error.log notice; events {}
http { server { listen 127.0.0.1:${port}; location / { return 200 "${reply} $uri"; } } }`;
}

async function ask(client: Client): Promise<string> {
  client.send('GET /a HTTP/1.1\r\nHost: x\r\n\r\n');
  return (await client.read('GET')).body;
}

test('HUP serves new files, and keeps the old ones where the new have a fault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-nginx-'));
  const port = await findPort();
  const file = join(folder, 'nginx.conf');
  const log = (): string => readFileSync(join(folder, 'error.log'), 'latin1');
  writeFileSync(file, configuration(folder, port, 'one'));
  const child = spawn(PORTICO, ['nginx', '-p', folder, '-c', file], { stdio: 'ignore' });
  try {
    await until('it listens', () => {
      try {
        return log().includes('start worker processes');
      } catch {
        return false;
      }
    });
    using client = await Client.open(port);
    assert.equal(await ask(client), 'one /a');
    writeFileSync(file, configuration(folder, port, 'two'));
    child.kill('SIGHUP');
    await until('the new configuration is served', () => log().includes('the new configuration is served'));
    assert.equal(await ask(client), 'two /a');
    writeFileSync(file, `${configuration(folder, port, 'three')}\nbogus x;\n`);
    child.kill('SIGHUP');
    await until('it is refused', () => log().includes('the configuration was not changed'));
    assert.match(log(), /\[emerg\] \d+#\d+: unknown directive "bogus" in \S+\/nginx\.conf:3\n/);
    assert.equal(await ask(client), 'two /a');
    assert.doesNotMatch(log(), /\[warn\]/);
  } finally {
    child.kill('SIGTERM');
    await until('it has ended', () => child.exitCode !== null || child.signalCode !== null);
    rmSync(folder, { recursive: true });
  }
});
