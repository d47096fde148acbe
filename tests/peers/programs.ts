// Programs of other people, each started in a folder of its own. When it is disposed of it is ended, and its folder is removed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { NetConnectOpts } from 'node:net';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFolder, PORTICO, Server } from '../integration/server.ts';
import { within } from '../integration/waiting.ts';

const VENV = join(import.meta.dirname, '../../var/peers/bin');
const START_MS = 30_000;
const STOP_MS = 15_000;
const STEP_MS = 20;

export interface Program extends AsyncDisposable {
  readonly server: Server;
  readonly folder: string;
}

/** A folder that servers can read which give up root's rights. */
export function openFolder(): string {
  const folder = makeFolder();
  chmodSync(folder, 0o755);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Waits until somebody listens at the address. */
export async function start(command: readonly string[], folder: string, address: NetConnectOpts): Promise<Program> {
  const [name = '', ...args] = command;
  const child = spawn(name, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, folder);
  let hasEnded = false;
  void server.exit.then(() => {
    hasEnded = true;
  });
  const dispose = async (): Promise<void> => {
    // Apache dies of the signal by which the tests end Portico, and leaves its children behind.
    if (!hasEnded) server.signal('SIGTERM');
    try {
      await within(STOP_MS, `the end of ${name}`, server.exit);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  };
  for (let left = START_MS; !(await isListening(address)); left -= STEP_MS) {
    if (left <= 0 || hasEnded) {
      await dispose();
      throw new Error(`${name} did not start: ${server.log}`);
    }
    await delay(STEP_MS);
  }
  return { server, folder, [Symbol.asyncDispose]: dispose };
}

export function isListening(address: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A program of the environment that the step of these tests makes. */
export function pythonProgram(name: string): string {
  const path = join(VENV, name);
  assert.ok(existsSync(path), 'there are no peers in var/: run the step once, node tools/test.ts peers');
  return path;
}

/** `portico nginx` with a whole configuration, which says itself where it listens. */
export function startFront(text: string, folder: string, port: number): Promise<Program> {
  writeFiles(folder, { 'nginx.conf': text });
  return start([PORTICO, 'nginx', '-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;'], folder, {
    host: '127.0.0.1',
    port,
  });
}

export interface AppServer {
  /** Of the module, which has `application`. */
  readonly app: string;
  /** A path of a Unix socket, or a port. */
  readonly at: string | number;
}

export function startGunicorn({ app, at }: AppServer): Promise<Program> {
  const folder = openFolder();
  writeFiles(folder, { 'app.py': app });
  const bind = typeof at === 'string' ? `unix:${at}` : `127.0.0.1:${at}`;
  return start(
    [
      pythonProgram('gunicorn'),
      '--bind',
      bind,
      '--workers',
      '1',
      '--threads',
      '4',
      '--no-control-socket',
      'app:application',
    ],
    folder,
    addressOf(at),
  );
}

/** Speaks the protocol uwsgi. */
export function startUwsgi({ app, at }: AppServer): Promise<Program> {
  const folder = openFolder();
  writeFiles(folder, { 'app.py': app });
  const socket = typeof at === 'string' ? at : `127.0.0.1:${at}`;
  const command = [
    pythonProgram('uwsgi'),
    '--socket',
    socket,
    '--chmod-socket=666',
    '--wsgi-file',
    'app.py',
    '--master',
  ];
  return start([...command, '--processes', '1', '--die-on-term', '--need-app'], folder, addressOf(at));
}

/** Speaks FastCGI. */
export function startFlup({ app, at }: AppServer): Promise<Program> {
  const folder = openFolder();
  const address = typeof at === 'string' ? JSON.stringify(at) : `('127.0.0.1', ${at})`;
  const run = `from app import application\nfrom flup.server.fcgi import WSGIServer\nWSGIServer(application, bindAddress=${address}, umask=0).run()\n`;
  writeFiles(folder, { 'app.py': app, 'run.py': run });
  return start([pythonProgram('python'), 'run.py'], folder, addressOf(at));
}

export function startMemcached(port: number): Promise<Program> {
  const command = ['/usr/bin/memcached', '-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody'];
  return start(command, openFolder(), addressOf(port));
}

function addressOf(at: string | number): NetConnectOpts {
  return typeof at === 'string' ? { path: at } : { host: '127.0.0.1', port: at };
}
