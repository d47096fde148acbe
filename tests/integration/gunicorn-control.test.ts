// What speaks with gunicorn by its control socket, as gunicornc does, speaks so with portico gunicorn.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { portico } from './commands.ts';
import { makeFolder, PORTICO, Server } from './server.ts';

const START_MS = 30_000;
const APP = `def application(environ, start):\n    start('200 OK', [])\n    return [b'']\n`;

function launchGunicorn(args: readonly string[], folder: string): Server {
  writeFileSync(join(folder, 'shop.py'), APP);
  const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, PORTICO_CONTROL_SOCKET: folder };
  const words = ['gunicorn', 'shop', '--bind', '127.0.0.1:0', '-w', '2', ...args];
  return new Server(spawn(PORTICO, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }), folder);
}

class Gunicornc {
  readonly #socket: Socket;
  #id = 0;

  constructor(path: string) {
    this.#socket = createConnection(path);
  }

  async ask(command: string): Promise<Record<string, unknown>> {
    this.#id += 1;
    const text = JSON.stringify({ id: this.#id, command, args: [] });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    this.#socket.write(Buffer.concat([length, Buffer.from(text)]));
    const [bytes] = (await once(this.#socket, 'data')) as [Buffer];
    assert.equal(bytes.readUInt32BE(), bytes.length - 4);
    const { id, status, data, error } = JSON.parse(bytes.subarray(4).toString()) as Record<string, unknown>;
    assert.equal(id, this.#id);
    return status === 'ok' ? (data as Record<string, unknown>) : { error };
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

test('the control socket of portico gunicorn answers as gunicorn’s', async () => {
  await using server = launchGunicorn([], makeFolder());
  await server.logged(/is ready \(/, START_MS);
  const path = join(server.folder, '.gunicorn/gunicorn.ctl');
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
  using gunicornc = new Gunicornc(path);
  const { workers, count } = await gunicornc.ask('show workers');
  assert.equal(count, 2);
  const [first] = workers as readonly { readonly pid: number; readonly booted: boolean }[];
  assert.deepEqual([first?.pid, first?.booted], [server.workerPids[0], true]);
  assert.deepEqual(await gunicornc.ask('worker add 2'), { added: 2, previous: 2, total: 4 });
  assert.deepEqual(await gunicornc.ask('worker remove 9'), { removed: 3, previous: 4, total: 1 });
  const { workers_target: target, pid } = await gunicornc.ask('show stats');
  assert.deepEqual([target, pid], [1, server.pid]);
  assert.equal((await gunicornc.ask('show config'))['worker_class'], 'sync');
  const { listeners } = await gunicornc.ask('show listeners');
  assert.equal((listeners as readonly { readonly type: string }[])[0]?.type, 'tcp');
  assert.deepEqual(await gunicornc.ask('worker kill 1'), { success: false, error: 'Worker 1 not found' });
  assert.deepEqual(await gunicornc.ask('dance'), { error: 'Invalid argument: Unknown command: dance' });
  assert.deepEqual(await gunicornc.ask('reload'), { status: 'reloading' });
  await server.logged(/reloaded: the new workers serve/);
  assert.match((await portico(server.folder, ['status'])).out, /1 of 1 workers ready/);
  assert.deepEqual(await gunicornc.ask('shutdown quick'), { status: 'shutting_down', mode: 'quick' });
  assert.equal(await server.exit, 0);
});

test('--control-socket, --control-socket-mode and --no-control-socket are obeyed', async () => {
  await using named = launchGunicorn(['--control-socket', 'ctl', '--control-socket-mode', '0660'], makeFolder());
  await named.logged(/is ready \(/, START_MS);
  assert.equal(lstatSync(join(named.folder, 'ctl')).mode & 0o777, 0o660);
  await using none = launchGunicorn(['--no-control-socket'], makeFolder());
  await none.logged(/is ready \(/, START_MS);
  assert.equal(lstatSync(join(none.folder, '.gunicorn'), { throwIfNoEntry: false }), undefined);
});
