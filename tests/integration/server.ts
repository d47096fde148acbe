// A server of real processes around an application that is written down in the test: started in a folder of its own on a free
// port, ended and removed when it is disposed of.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Answer } from './client.ts';
import { Client } from './client.ts';
import { descendants, readProcess, stillRuns } from './processes.ts';
import { until, within } from './waiting.ts';

export interface Site {
  /** Source of `app.py`, which there is none of otherwise. */
  readonly app?: string;
  /** Other files, by their path in the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is served; `app:application` if nothing is said. */
  readonly target?: string;
  /** Arguments that win over our own: one worker, one edge thread, port 0. */
  readonly args?: readonly string[];
  /** Leaves the number of workers to the server. */
  readonly workers?: 'unsaid';
  readonly env?: Readonly<Record<string, string>>;
  /** The program that runs the server: `['prlimit', '--nofile=100']`. */
  readonly under?: readonly string[];
  /** A module that is loaded before ours, in the supervisor and the edge: it plants the errors that a test is about. */
  readonly preloaded?: string;
  /** The server's folder, if it is there already. */
  readonly folder?: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly fields?: string;
  readonly body?: string;
}

/** The program under test: that of this checkout, or an installed one. */
export const PORTICO: string = process.env['PROGRAM_UNDER_TEST'] ?? join(import.meta.dirname, '../../bin/portico');
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
export const START_MS = 30_000;
const STOP_MS = 15_000;
/** Variables that a machine may have set for its own servers, and those of Node for the processes of a test. */
const NOT_INHERITED =
  /^(PORTICO_.*|WEB_CONCURRENCY|PORT|VIRTUAL_ENV|XDG_RUNTIME_DIR|NODE_TEST_CONTEXT|NODE_OPTIONS|NODE_COMPILE_CACHE|PWD)$/;

const made: string[] = [];

/** A folder that is gone when the test's process ends, whoever has removed what is in it. */
export function makeFolder(): string {
  if (made.length === 0) process.once('exit', removeFolders);
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  made.push(folder);
  return folder;
}

function removeFolders(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}

/** A program that loads a module before its own. */
export function withModule(source: string): string[] {
  return [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(source)}`, MAIN];
}

/** Starts a server without waiting for anything. */
export function launch({
  app,
  files = {},
  target = 'app:application',
  args = [],
  workers,
  env = {},
  under = [],
  preloaded,
  folder = makeFolder(),
}: Site): Server {
  for (const [path, text] of Object.entries({ ...(app === undefined ? {} : { 'app.py': app }), ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const bind = args.includes('--bind') ? [] : ['--bind', '127.0.0.1:0'];
  const [program = PORTICO, ...before] = [...under, ...(preloaded === undefined ? [PORTICO] : withModule(preloaded))];
  const child = spawn(
    program,
    [
      ...before,
      'serve',
      ...(target === '' ? [] : [target]),
      ...bind,
      ...(workers === 'unsaid' ? [] : ['--workers', '1']),
      '--edge-threads',
      '1',
      ...args,
    ],
    {
      cwd: folder,
      // Commands that a test gives reach its own servers alone.
      env: {
        ...Object.fromEntries(inherited),
        ...{ TMPDIR: folder, PORTICO_CONTROL_SOCKET: folder, PYTHONDONTWRITEBYTECODE: '1' },
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  return new Server(child, folder);
}

/** Starts a server and waits until it says that it is ready. */
export async function serve(site: Site): Promise<Server> {
  const server = launch(site);
  try {
    await server.logged(/is ready \(/, START_MS);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw new Error(`the server did not start: ${server.log}`, { cause: error });
  }
  return server;
}

export class Server {
  readonly folder: string;
  readonly pid: number;
  /** The exit code, or the signal that ended it. */
  readonly exit: Promise<number | string>;
  /** What it has printed, on both streams. */
  log = '';
  readonly #child: ChildProcess;
  #hasEnded = false;

  constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.folder = folder;
    this.pid = child.pid ?? 0;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
        child.emit('logged');
      });
    }
    this.exit = once(child, 'close').then(([code, signal]: unknown[]) => {
      this.#hasEnded = true;
      child.emit('logged');
      return (code ?? signal) as number | string;
    });
  }

  /** The port of its first address. */
  get port(): number {
    return Number(/https?:\/\/\S+:(\d+)/.exec(this.log)?.[1]);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Waits until the log matches, from the place of an earlier log's end if that is given. */
  async logged(pattern: RegExp, patienceMs: number = STOP_MS, from = 0): Promise<RegExpExecArray> {
    const timeout = AbortSignal.timeout(patienceMs);
    for (;;) {
      const match = pattern.exec(this.log.slice(from));
      if (match !== null) return match;
      if (this.#hasEnded) throw new Error(`ended without having said ${String(pattern)}: ${this.log}`);
      await once(this.#child, 'logged', { signal: timeout }).catch(() => {
        throw new Error(`has not said ${String(pattern)} in ${patienceMs} ms: ${this.log}`);
      });
    }
  }

  async connect(): Promise<Client> {
    return Client.open(this.port);
  }

  /** One request on a connection of its own. */
  async ask(target: string, { method = 'GET', fields = '', body }: RequestOptions = {}): Promise<Answer> {
    using client = await this.connect();
    const length = body === undefined ? '' : `Content-Length: ${body.length}\r\n`;
    client.send(
      `${method} ${target} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n${length}${fields}\r\n${body ?? ''}`,
    );
    const answer = await client.read(method);
    await client.ended();
    return answer;
  }

  get edgePid(): number {
    return descendants(this.pid).find(({ command }) => /portico: edge|edge\/main/.test(command))?.pid ?? 0;
  }

  get zygotePids(): number[] {
    return this.#pythons((parent) => parent === this.pid);
  }

  get workerPids(): number[] {
    return this.#pythons((parent) => parent !== this.pid);
  }

  #pythons(isOne: (parent: number) => boolean): number[] {
    const all = descendants(this.pid).filter(({ command }) => command.includes('portico_worker'));
    const pids = all.filter(({ parent }) => isOne(parent)).map(({ pid }) => pid);
    return pids.sort((a, b) => a - b);
  }

  /** Bodies that are kept in files at this moment. */
  get spooled(): string[] {
    return globSync(join(this.folder, 'portico-*/e[0-9]*-*'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const self = readProcess(this.pid);
    const family = [...descendants(this.pid), ...(self === undefined ? [] : [self])];
    this.#child.kill('SIGQUIT');
    try {
      await within(STOP_MS, 'the end of the server', this.exit);
      await until('its processes have ended', () => !family.some(stillRuns));
    } finally {
      for (const { pid } of family.filter(stillRuns)) process.kill(pid, 'SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
