// The running program is exchanged by signals, as nginx's is: USR2 starts the program that is on disk by now, both serve, and whoever upgrades decides which of
// them ends. Clients ask all the time, and none may notice.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { Authority } from './certificates.ts';
import { Client, Closed } from './client.ts';
import { findPort } from './free-port.ts';
import { isAlive } from './processes.ts';
import { makeFolder, PORTICO } from './server.ts';
import { until } from './waiting.ts';

/** Between two requests of one client: a few hundred a second in all, so that the machine has time for the starts. */
const PAUSE_MS = 5;
/** So many answers of one program after another are no chance. */
const ALONE_COUNT = 100;
/** What takes some seconds at a kilobyte a second, so that it goes on while the program is exchanged. */
const SLOW_BYTES = 2500;

const shared = makeFolder();
after(() => rmSync(shared, { recursive: true }));
const site = new Authority(shared).issue('site');
writeFileSync(join(shared, 'tickets.key'), 'k'.repeat(80));

/** Where clients connect to; `secure`: a port where TLS is spoken. */
type Place = NetConnectOpts | { readonly secure: number };

function open(place: Place, options: ConnectionOptions = {}): Promise<Client> {
  return 'secure' in place
    ? Client.secure(place.secure, { rejectUnauthorized: false, ...options })
    : Client.open(place);
}

class Nginx implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'portico-upgrade-'));
  readonly program = join(this.folder, 'program');
  readonly port: number;
  readonly secure: number;

  constructor(port: number, secure: number) {
    this.port = port;
    this.secure = secure;
    chmodSync(this.folder, 0o755);
    writeFileSync(join(this.folder, 'slow.txt'), 'x'.repeat(SLOW_BYTES));
    chmodSync(join(this.folder, 'slow.txt'), 0o644);
    symlinkSync(PORTICO, this.program);
    this.configure({ threads: 1, version: 'one' });
  }

  configure({ threads, version }: { readonly threads: number; readonly version: string }): void {
    this.write(`${process.getuid?.() === 0 ? 'user root;' : ''}
      worker_processes ${threads}; pid nginx.pid; error_log error.log notice; events {}
      http {
        server {
          listen 127.0.0.1:${this.port};
          listen unix:${this.socket};
          listen 127.0.0.1:${this.secure} ssl;
          ssl_certificate ${site.cert};
          ssl_certificate_key ${site.key};
          ssl_session_ticket_key ${join(shared, 'tickets.key')};
          location / { return 200 ${version}; }
          location = /slow.txt { root .; limit_rate 1000; }
        }
      }`);
  }

  write(configuration: string): void {
    writeFileSync(join(this.folder, 'nginx.conf'), configuration);
  }

  get socket(): string {
    return join(this.folder, 'site.sock');
  }

  async start(): Promise<void> {
    const child = spawn(this.program, ['nginx', '-p', this.folder, '-c', 'nginx.conf'], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: this.folder },
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'close')) as unknown[];
    assert.equal(code, 0, this.log);
  }

  /** 0 where there is no such file. */
  pidOf(name: string): number {
    try {
      return Number(readFileSync(join(this.folder, name), 'utf8'));
    } catch {
      return 0;
    }
  }

  get pid(): number {
    return this.pidOf('nginx.pid');
  }

  get oldPid(): number {
    return this.pidOf('nginx.pid.oldbin');
  }

  get log(): string {
    return existsSync(join(this.folder, 'error.log')) ? readFileSync(join(this.folder, 'error.log'), 'utf8') : '';
  }

  async logged(pattern: RegExp): Promise<void> {
    await until(`the log says ${String(pattern)}, and not: ${this.log}`, () => pattern.test(this.log));
  }

  /** Both programs serve. */
  async upgrade(): Promise<void> {
    process.kill(this.pid, 'SIGUSR2');
    await until(`both programs serve: ${this.log}`, () => this.oldPid > 0 && this.pid > 0);
  }

  get places(): readonly Place[] {
    return [{ host: '127.0.0.1', port: this.port }, { path: this.socket }, { secure: this.secure }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of [this.pid, this.oldPid].filter((each) => each > 0)) {
      process.kill(pid, 'SIGTERM');
      await until('the server has ended', () => !isAlive(pid));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Clients that ask until they are told to stop: at each address one with a connection of its own for each request, and one that keeps its connection. */
class Load implements AsyncDisposable {
  readonly answers: string[] = [];
  readonly lost: string[] = [];
  #isOver = false;
  readonly #clients: Promise<void>[];

  constructor(nginx: Nginx) {
    this.#clients = nginx.places.flatMap((place) => [this.#run(place, false), this.#run(place, true)]);
  }

  async #run(place: Place, keeps: boolean): Promise<void> {
    let client: Client | undefined;
    let isUsed = false;
    while (!this.#isOver) {
      try {
        isUsed = client !== undefined;
        client ??= await open(place);
        client.send(`GET / HTTP/1.1\r\nHost: a.test\r\n${keeps ? '' : 'Connection: close\r\n'}\r\n`);
        const { status, body, isKept } = await client.read('GET');
        this.answers.push(status === 200 ? body : String(status));
        if (!isKept) {
          client[Symbol.dispose]();
          client = undefined;
        }
      } catch (error) {
        // A server may close a connection that waits for the next request, whereupon every client asks once more.
        if (!(keeps && isUsed && error instanceof Closed && error.received === '')) {
          this.lost.push(`${JSON.stringify(place)} ${keeps ? 'kept' : 'closed'}: ${String(error)}`);
        }
        client?.[Symbol.dispose]();
        client = undefined;
      }
      await delay(PAUSE_MS);
    }
    client?.[Symbol.dispose]();
  }

  /** The next answers to requests that begin from now on. */
  async next(count = 40): Promise<Set<string>> {
    const from = this.answers.length + this.#clients.length; // What each has asked before.
    await until('there are more answers', () => this.answers.length >= from + count || this.lost.length > 0);
    return new Set(this.answers.slice(from, from + count));
  }

  /** Nobody is answered otherwise any more, over one of the connections that were kept until now either. */
  async alone(answer: string): Promise<void> {
    await until(`everybody is answered ${answer}`, () =>
      this.answers.slice(-ALONE_COUNT).every((each) => each === answer),
    );
  }

  async end(): Promise<readonly string[]> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    return this.lost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** The session that an answer comes with, and whether the one that was shown is taken up. */
async function resume(
  { secure }: Nginx,
  session?: Buffer,
): Promise<{ session: Buffer | undefined; isResumed: boolean }> {
  using client = await open({ secure }, session === undefined ? {} : { session });
  const socket = client.socket as TLSSocket;
  let given: Buffer | undefined;
  socket.on('session', (each: Buffer) => {
    given = each;
  });
  client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
  await client.read('GET');
  return { session: given, isResumed: socket.isSessionReused() };
}

async function slowly(port: number): Promise<number> {
  using client = await Client.open(port);
  client.send('GET /slow.txt HTTP/1.1\r\nHost: a.test\r\n\r\n');
  return (await client.read('GET')).bytes.length;
}

test('the program is exchanged, with fewer threads than before, and no request is lost', async () => {
  await using nginx = new Nginx(await findPort(), await findPort());
  nginx.configure({ threads: 3, version: 'one' });
  await nginx.start();
  const old = nginx.pid;
  await using load = new Load(nginx);
  nginx.configure({ threads: 1, version: 'two' });
  const slow = slowly(nginx.port).catch(String);
  const { session } = await resume(nginx);
  await nginx.upgrade();
  process.kill(old, 'SIGUSR2');
  await nginx.logged(/SIGUSR2: ignored, because a new program runs already/);
  process.kill(nginx.pid, 'SIGUSR2');
  await nginx.logged(/SIGUSR2: ignored, because the program before \(process \d+\) still runs/);
  process.kill(old, 'SIGWINCH');
  await load.alone('two');
  assert.equal((await resume(nginx, session)).isResumed, true, 'sessions of a file of keys go on');
  process.kill(old, 'SIGQUIT');
  assert.equal(await slow, SLOW_BYTES, 'what had begun is finished');
  await until('the old program has ended', () => !isAlive(old));
  assert.equal(nginx.oldPid, 0);
  assert.deepEqual(await load.next(), new Set(['two']));
  assert.deepEqual(await load.end(), []);
  const { pid } = nginx;
  process.kill(pid, 'SIGQUIT');
  await until('the new program has ended', () => !isAlive(pid));
  assert.equal(existsSync(nginx.socket), false, 'the new program has taken the socket over with all its duties');
});

test('an upgrade is taken back: the old program serves again as before, and no request is lost', async () => {
  await using nginx = new Nginx(await findPort(), await findPort());
  await nginx.start();
  const old = nginx.pid;
  await using load = new Load(nginx);
  nginx.configure({ threads: 2, version: 'two' });
  await nginx.upgrade();
  const failed = nginx.pid;
  process.kill(old, 'SIGWINCH');
  await load.alone('two');
  process.kill(old, 'SIGHUP');
  await nginx.logged(/SIGHUP: connections are taken again/);
  process.kill(failed, 'SIGQUIT');
  await until('the new program has ended', () => nginx.pid === old);
  assert.equal(nginx.oldPid, 0);
  assert.deepEqual(await load.next(), new Set(['one']));
  assert.deepEqual(await load.end(), []);
  assert.equal(existsSync(nginx.socket), true);
});

test('the old program that has left its clients to the new one takes them back when that ends', async () => {
  await using nginx = new Nginx(await findPort(), await findPort());
  await nginx.start();
  const old = nginx.pid;
  await nginx.upgrade();
  process.kill(old, 'SIGWINCH');
  await nginx.logged(/SIGWINCH: no new connections are taken/);
  process.kill(nginx.pid, 'SIGKILL');
  await nginx.logged(/was ended by SIGKILL: this one goes on/);
  await nginx.logged(/the new program has ended: connections are taken again/);
  assert.equal(nginx.pid, old);
  await using load = new Load(nginx);
  assert.deepEqual(await load.next(), new Set(['one']));
  assert.deepEqual(await load.end(), []);
});

test('a new program that cannot start leaves everything as it was, and the log says why', async () => {
  await using nginx = new Nginx(await findPort(), await findPort());
  await nginx.start();
  const { pid } = nginx;
  await using load = new Load(nginx);
  nginx.write('events {} http { server { listen 127.0.0.1:1; nonsense; } }');
  process.kill(pid, 'SIGUSR2');
  await nginx.logged(/the new program \(process \d+\) says: nginx: \[emerg\] unknown directive "nonsense"/);
  await nginx.logged(/the new program \(process \d+\) has ended with exit code 1 before it served: this one goes on/);
  assert.deepEqual([nginx.pid, nginx.oldPid], [pid, 0]);
  unlinkSync(nginx.program);
  process.kill(pid, 'SIGUSR2');
  await nginx.logged(/the new program could not be started: .*ENOENT.* before it served: this one goes on/);
  assert.deepEqual([nginx.pid, nginx.oldPid], [pid, 0]);
  symlinkSync(PORTICO, nginx.program);
  nginx.configure({ threads: 1, version: 'two' });
  await nginx.upgrade();
  process.kill(pid, 'SIGQUIT');
  await until('the old program has ended', () => !isAlive(pid));
  assert.deepEqual(await load.next(), new Set(['two']));
  assert.deepEqual(await load.end(), []);
});
