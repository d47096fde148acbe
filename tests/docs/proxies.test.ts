// The configurations for nginx and Caddy that the pages show do what the pages say: the application is told of the proxy's client by
// fields that this client cannot write, and its WebSockets pass.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';
import { until } from '../integration/waiting.ts';
import { readPage } from './markdown.ts';

const NGINX = '/usr/sbin/nginx';
const CADDY = '/usr/bin/caddy';
/** A build machine has them all: there a program that is missing is a failure, elsewhere the test does not run. */
const mayMiss = process.env['CI'] === undefined;
const APP = `
import json

async def application(scope, receive, send):
    if scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
        await send({'type': 'websocket.close'})
    elif scope['type'] == 'http':
        fields = {name.decode(): value.decode() for name, value in scope['headers']}
        text = json.dumps({'scheme': scope['scheme'], 'client': scope['client'][0], 'fields': fields})
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': text.encode()})
`;
const FORGED = 'X-Forwarded-For: 192.0.2.66\r\nX-Forwarded-Proto: https\r\nForwarded: for=192.0.2.67;proto=https\r\n';
const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';

interface Seen {
  readonly scheme: string;
  readonly client: string;
  readonly fields: Readonly<Record<string, string>>;
}

let site: Server;
before(async () => {
  site = await serve({ app: APP });
});
after(async () => site[Symbol.asyncDispose]());

test('nginx, as its page has it', { skip: mayMiss && !existsSync(NGINX) }, async () => {
  await using proxy = await startNginx();
  const seen = await proxy.ask(FORGED);
  assert.equal(seen.scheme, 'http');
  assert.match(seen.fields['x-forwarded-for'] ?? '', /, 127\.0\.0\.1$/);
  assert.match(seen.fields['x-request-id'] ?? '', /^[\da-f]{32}$/);
  assert.equal(seen.fields['host'], 'shop.example.org');
  await proxy.openWebSocket();
});

test('Caddy, as its page has it', { skip: mayMiss && !existsSync(CADDY) }, async () => {
  await using proxy = await startCaddy();
  const seen = await proxy.ask(FORGED);
  assert.equal(seen.scheme, 'http');
  assert.equal(seen.client, '127.0.0.1');
  assert.equal(seen.fields['x-forwarded-for'], '127.0.0.1');
  await proxy.openWebSocket();
});

async function startNginx(): Promise<FrontEnd> {
  const port = await findPort();
  const [site_ = '', http = ''] = ['site', 'http'].map((part) => firstBlock('docs/deploy/nginx.md', part));
  const file = join(site.folder, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${site.folder}/${name};`,
  );
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${site.folder}/nginx.pid; events {}
     http { access_log off; ${paths.join(' ')} ${http} ${site_.replace('listen 80;', `listen 127.0.0.1:${port};`)} }`,
  );
  return FrontEnd.start(spawn(NGINX, ['-p', site.folder, '-e', join(site.folder, 'error.log'), '-c', file]), port);
}

async function startCaddy(): Promise<FrontEnd> {
  const port = await findPort();
  const file = join(site.folder, 'Caddyfile');
  const block = firstBlock('docs/deploy/caddy.md', 'site');
  writeFileSync(file, `{\nadmin off\n}\n${block.replace('shop.example.org', `http://shop.example.org:${port}`)}`);
  const env = { HOME: site.folder, XDG_DATA_HOME: site.folder, XDG_CONFIG_HOME: site.folder };
  return FrontEnd.start(
    spawn(CADDY, ['run', '--adapter', 'caddyfile', '--config', file], { env, stdio: 'ignore' }),
    port,
  );
}

/** The first of a page's blocks of this part, before the address of the server of this test. */
function firstBlock(path: string, part: string): string {
  const block = readPage(path).blocks.find(({ words }) => words.get('conf') === part);
  assert.ok(block !== undefined);
  return block.text.replaceAll('127.0.0.1:8000', `127.0.0.1:${site.port}`);
}

class FrontEnd {
  readonly #process: ChildProcess;
  readonly #port: number;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.#port = port;
  }

  static async start(process: ChildProcess, port: number): Promise<FrontEnd> {
    let isOpen = false;
    const look = (): void => {
      const socket = connect(port, '127.0.0.1', () => {
        isOpen = true;
        socket.destroy();
      });
      socket.on('error', () => process.exitCode === null && setTimeout(look, 20));
    };
    look();
    await until('the proxy listens', () => isOpen || process.exitCode !== null);
    return new FrontEnd(process, port);
  }

  async ask(fields: string): Promise<Seen> {
    using client = await Client.open(this.#port);
    client.send(`GET / HTTP/1.1\r\nHost: shop.example.org\r\n${fields}\r\n`);
    const { body } = await client.read();
    return JSON.parse(body.toString()) as Seen;
  }

  async openWebSocket(): Promise<void> {
    using client = await Client.open(this.#port);
    client.send(`GET / HTTP/1.1\r\nHost: shop.example.org\r\n${HANDSHAKE}\r\n`);
    await client.receive(/^HTTP\/1\.1 101 /);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }
}
