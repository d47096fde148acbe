// `portico nginx` as units, log rotation and hooks that were written for nginx use it: it leaves the terminal, is found by its pid file and its name, and obeys
// nginx's signals.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PORTICO } from './server.ts';
import { until } from './waiting.ts';

interface Said {
  readonly code: unknown;
  readonly err: string;
}

class Nginx {
  readonly folder = mkdtempSync(join(tmpdir(), 'portico-nginx-'));
  readonly port: number;

  constructor(port: number) {
    this.port = port;
    // As root the server becomes another user, who opens its log again.
    chmodSync(this.folder, 0o755);
    writeFileSync(
      join(this.folder, 'nginx.conf'),
      `${process.getuid?.() === 0 ? 'user root;' : ''}
pid nginx.pid;
error_log error.log notice;
events {}
http {
  server { listen 127.0.0.1:${port}; location / { return 200 "served\\n"; } }
}
`,
    );
  }

  async run(...args: string[]): Promise<Said> {
    const child = spawn(PORTICO, ['nginx', '-p', this.folder, '-c', 'nginx.conf', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    // Also the stream's end: a daemon that held it would hold whoever reads it.
    const [code] = (await once(child, 'close')) as unknown[];
    return { code, err };
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** 0 where none runs: the file is gone, or empty where its folder is not the server's. */
  get pid(): number {
    return existsSync(join(this.folder, 'nginx.pid')) ? Number(this.read('nginx.pid')) : 0;
  }

  async ask(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}/`)).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.pid > 0) {
      process.kill(this.pid, 'SIGTERM');
      await until('the pid file is gone', () => this.pid === 0);
    }
    rmSync(this.folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a daemon serves when the command that started it returns, under the name by which scripts look for nginx', async () => {
  await using nginx = new Nginx(await freePort());
  assert.deepEqual(await nginx.run(), { code: 0, err: '' });
  assert.equal(await nginx.ask(), 'served\n');
  assert.equal(readFileSync(`/proc/${nginx.pid}/comm`, 'utf8'), 'nginx\n');
  assert.match(readFileSync(`/proc/${nginx.pid}/cmdline`, 'latin1'), /^nginx: master process /);
  const second = await nginx.run();
  assert.equal(second.code, 1);
  assert.match(second.err, /nginx: \[emerg\] bind\(\) to 127\.0\.0\.1:\d+ failed \(98: Address already in use\)/);
});

test('after rotation, USR1 has the log opened again', async () => {
  await using nginx = new Nginx(await freePort());
  await nginx.run();
  renameSync(join(nginx.folder, 'error.log'), join(nginx.folder, 'error.log.1'));
  assert.deepEqual(await nginx.run('-s', 'reopen'), { code: 0, err: '' });
  await until('the log is there again', () => existsSync(join(nginx.folder, 'error.log')));
  assert.equal(await nginx.ask(), 'served\n');
});

test('quit ends the server, and its pid file with it', async () => {
  await using nginx = new Nginx(await freePort());
  await nginx.run();
  const { pid } = nginx;
  assert.deepEqual(await nginx.run('-s', 'quit'), { code: 0, err: '' });
  await until('the pid file is gone', () => nginx.pid === 0);
  await until('the process has ended', () => !existsSync(`/proc/${pid}`));
  assert.match(nginx.read('error.log'), /\[notice\] (\d+)#\1: /);
});
