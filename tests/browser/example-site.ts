// The example site in a folder of its own, served by Portico as a person would serve it.

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/django');

/** What a run leaves in the folder, and the virtual environment, which is linked instead. */
const NOT_COPIED = /^(\.venv|db\.sqlite3.*|demo-login\.txt|media|secret-key.*|static-collected|__pycache__)$/;

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

export interface ExampleSite extends AsyncDisposable {
  readonly url: string;
  readonly login: { readonly name: string; readonly password: string };
  /** What the server has printed so far. */
  output(): string;
}

/** Copies the site, prepares it, and serves it on a free port until it is disposed of. */
export async function serveExampleSite(): Promise<ExampleSite> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-site-'));
  cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !NOT_COPIED.test(basename(path)) });
  symlinkSync(join(EXAMPLE, '.venv'), join(folder, '.venv'));
  execFileSync(join(folder, '.venv/bin/python'), ['manage.py', 'prepare'], { cwd: folder, stdio: 'pipe' });
  const [name = '', password = ''] = readFileSync(join(folder, 'demo-login.txt'), 'utf8').trim().split(' ');

  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const server = spawn(join(ROOT, 'bin/portico'), ['serve', '--bind', address, '--workers', '2'], { cwd: folder });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const site: ExampleSite = {
    url: `http://${address}`,
    login: { name, password },
    output: () => output,
    async [Symbol.asyncDispose]() {
      await stop(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  if (!(await isServing(server, port))) {
    await site[Symbol.asyncDispose]();
    throw new Error(`the server did not start:\n${output}`);
  }
  return site;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

async function isServing(server: ChildProcess, port: number): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && server.exitCode === null && server.signalCode === null) {
    if (await canConnect(port)) return true;
    await delay(50);
  }
  return false;
}

function canConnect(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => {
    socket.destroy();
    resolve(true);
  });
  socket.on('error', () => {
    resolve(false);
  });
  return promise;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  const isLate = Symbol('late');
  const first = await Promise.race([exited, delay(STOP_TIMEOUT_MS, isLate, { ref: false })]);
  if (first === isLate) {
    server.kill('SIGKILL');
    await exited;
  }
}
