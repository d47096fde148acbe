// nginx or `portico nginx` with one configuration, and what is seen of it from outside.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  globSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, memoryMb } from '../../integration/processes.ts';

/** Clients that leave at once come faster than they are heard of. */
const SETTLES_MS = 60_000;
const LOOK_MS = 50;
/** Looks in a row that find nothing: what waits in the kernel's queue of connections is a request when its turn comes. */
const QUIET_LOOKS = 10;
/** Of each upstream so many connections are kept, which come and go. */
const KEPT_MAX = 16;
const STOP_MS = 10_000;

export class WatchedProgram implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly #temporary: string;
  readonly #child: ChildProcess;
  #logAt = 0;

  /** `command`: with the arguments in front of ours. `temporary`: where temporary files are, if not in the folder. */
  constructor(command: readonly string[], folder: string, port: number, text: string, temporary: string = folder) {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, 'nginx.conf'), text);
    const [program = '', ...args] = command;
    this.folder = folder;
    this.#temporary = temporary;
    this.port = port;
    this.#child = spawn(program, [...args, '-p', folder, '-c', join(folder, 'nginx.conf')], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  async begun(): Promise<void> {
    for (;;) {
      const socket = connect(this.port, '127.0.0.1');
      const isThere = await new Promise<boolean>((resolve) => {
        socket.on('connect', () => resolve(true));
        socket.on('error', () => resolve(false));
      });
      socket.destroy();
      if (isThere) {
        return;
      }
      if (this.#child.exitCode !== null) {
        throw new Error(`${this.#child.spawnargs.join(' ')} has ended with ${this.#child.exitCode}`);
      }
      await sleep(LOOK_MS);
    }
  }

  /** Who answers. */
  get workerPid(): number {
    return descendants(this.#child.pid ?? 0).at(-1)?.pid ?? 0;
  }

  reload(): void {
    this.#child.kill('SIGHUP');
  }

  killWorker(): void {
    process.kill(this.workerPid, 'SIGKILL');
  }

  get openFiles(): number {
    return readdirSync(`/proc/${this.workerPid}/fd`).length;
  }

  get memoryMb(): number {
    return memoryMb(this.workerPid);
  }

  /** Bodies and responses that are kept in files. */
  get spooled(): number {
    return globSync(join(this.#temporary, 'portico-*/e[0-9]*-*')).length;
  }

  /** What the error log has got since it was last asked, from its first bytes. */
  newLines(bytesMax = 200_000_000): readonly string[] {
    const path = join(this.folder, 'error.log');
    if (!existsSync(path)) {
      return [];
    }
    const { size } = statSync(path);
    const bytes = Buffer.alloc(Math.min(size - this.#logAt, bytesMax));
    const fd = openSync(path, 'r');
    readSync(fd, bytes, 0, bytes.length, this.#logAt);
    closeSync(fd);
    this.#logAt = size;
    return bytes.toString('latin1').split('\n');
  }

  /** Requests that the page of upstreams says are going on. */
  async activeRequests(apiPort: number): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${apiPort}/api/9/http/upstreams`);
    const upstreams = (await response.json()) as Record<
      string,
      { readonly peers: readonly { readonly active: number }[] }
    >;
    return Object.values(upstreams)
      .flatMap(({ peers }) => peers)
      .reduce((sum, { active }) => sum + active, 0);
  }

  /** When all that was asked for is over, or has not ended for long. */
  async settled(openFiles: number, apiPort: number): Promise<void> {
    let quietLooks = 0;
    for (let waitedMs = 0; waitedMs < SETTLES_MS && quietLooks < QUIET_LOOKS; waitedMs += LOOK_MS) {
      const isQuiet =
        this.openFiles <= openFiles + KEPT_MAX && this.spooled === 0 && (await this.activeRequests(apiPort)) === 0;
      quietLooks = isQuiet ? quietLooks + 1 : 0;
      await sleep(LOOK_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await Promise.race([once(this.#child, 'exit'), sleep(STOP_MS)]);
    this.#child.kill('SIGKILL');
  }
}

/** The words of a line of the error log, without what differs from request to request. */
export function wordsOf(line: string): string | undefined {
  const [, level, words] = /\[(\w+)\] \d+#\d+: (?:\*\d+ )?(.*?), client: .*, upstream: "/.exec(line) ?? [];
  return words === undefined ? undefined : `[${level}] ${words}`;
}
