// Starts servers as their users do, each in a session of its own and with its own folder, and ends them by number.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, Kind, Place, Site } from '../servers/kind.ts';
import { isAlive, readTree } from './process-tree.ts';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 8_000;
/** Between two looks whether a server answers: small beside the fastest start, and a small load. */
const LOOK_MS = 5;
const LOG_CHARS = 600;
const RUNNING = new Set<Server>();
/** Portico as it is installed: bundled. A checkout starts later, and keeps more in memory. */
export const PORTICO: string = resolve('var/npm-package/bin/portico');
/**
 * Its runtime: a copy, for what several processes have mapped of one file is divided among them, and this process runs the same program. It would take
 * a third of those pages on itself.
 */
const RUNTIME = resolve('var/bench-runtime');

export function copyRuntime(): void {
  mkdirSync(RUNTIME, { recursive: true });
  copyFileSync(process.execPath, join(RUNTIME, 'node'));
}

export interface Surroundings {
  readonly peers: string;
  /** For the application, beside what every program needs. */
  readonly env: Readonly<Record<string, string>>;
}

export class Server {
  readonly name: string;
  readonly kind: Kind;
  readonly port: number;
  readonly #folder: string;
  readonly #children: { readonly command: Command; readonly process: ChildProcess }[] = [];

  private constructor(kind: Kind, port: number) {
    this.kind = kind;
    this.name = kind.name;
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'bench-'));
    chmodSync(this.#folder, 0o755); // nginx and Apache give up root and must still read it.
  }

  /** Resolves when the server has answered 200; rejects, with the end of its log, when it does not. */
  static async start(kind: Kind, site: Site, { peers, env }: Surroundings): Promise<Server> {
    const server = new Server(kind, await freePort());
    RUNNING.add(server);
    const apps = resolve('bench/apps');
    const place: Place = { port: String(server.port), folder: server.#folder, peers, portico: PORTICO, apps };
    const { PATH = '', HOME = '/', LANG = 'C.UTF-8' } = process.env;
    // The package of npm takes the Node.js of the search path.
    const path = `${peers}/bin:${RUNTIME}:${PATH}:/usr/sbin:/sbin`;
    server.#spawn(kind.plan(site, place), apps, { PATH: path, HOME, LANG, VIRTUAL_ENV: peers, ...env });
    const fault = await server.#waitForAnswer();
    if (fault !== undefined) {
      const log = server.#readLog();
      await server.stop();
      throw new Error(`${kind.name} ${fault}: ${log.slice(-LOG_CHARS)}`);
    }
    return server;
  }

  /** The processes that were started; what they have started is found by `readTree`. */
  pids(role?: Command['role']): number[] {
    return this.#children
      .filter(({ command }) => role === undefined || command.role === role)
      .flatMap(({ process }) => process.pid ?? []);
  }

  reload(): void {
    this.#children[0]?.process.kill(this.kind.reloadSignal ?? 'SIGHUP');
  }

  async stop(): Promise<void> {
    const pids = readTree(this.pids()).map(({ pid }) => pid);
    for (const child of this.#children) child.process.kill('SIGTERM');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline && pids.some(isAlive)) await sleep(LOOK_MS);
    this.kill(pids);
  }

  /** At once, also from a handler that cannot wait. */
  kill(pids: readonly number[] = readTree(this.pids()).map(({ pid }) => pid)): void {
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
    RUNNING.delete(this);
  }

  #spawn(plan: ReturnType<Kind['plan']>, cwd: string, env: NodeJS.ProcessEnv): void {
    for (const [name, text] of Object.entries(plan.files)) writeFileSync(join(this.#folder, name), text);
    for (const [index, command] of plan.commands.entries()) {
      const log = openSync(join(this.#folder, `${index}-output.log`), 'a');
      const [program = '', ...args] = command.argv;
      const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
      child.on('error', (error) => writeFileSync(log, `${error.message}\n`));
      this.#children.push({ command, process: child });
    }
  }

  async #waitForAnswer(): Promise<string | undefined> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if ((await askStatus(this.port, this.kind.isSecure)) === 200) return undefined;
      if (this.#children.some(({ process }) => process.pid === undefined || process.exitCode !== null)) return 'ended';
      if (Date.now() > deadline) return `did not answer within ${START_TIMEOUT_MS / 1000} s`;
      await sleep(LOOK_MS);
    }
  }

  #readLog(): string {
    const texts = globSync(join(this.#folder, '*.log')).map((path) => readFileSync(path, 'utf8').trim());
    return texts.filter((text) => text !== '').join('\n');
  }
}

/** For the end of this program, however it comes. */
export function killAllServers(): void {
  for (const server of RUNNING) server.kill();
}

/** The status of an answer to GET /, undefined when none came. */
function askStatus(port: number, isSecure = false): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const where = { host: '127.0.0.1', port, path: '/', agent: false as const, timeout: START_TIMEOUT_MS };
  const take = (response: IncomingMessage): void => {
    response.resume();
    response.on('close', () => {
      resolve(response.statusCode);
    });
  };
  // The certificates of measurements are signed by nobody.
  const request = isSecure ? getSecurely({ ...where, rejectUnauthorized: false }, take) : get(where, take);
  request.on('timeout', () => request.destroy());
  request.on('error', () => {
    resolve(undefined);
  });
  return promise;
}

function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    server.close(() => {
      resolve(port);
    });
  });
  return promise;
}
