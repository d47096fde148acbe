/**
 * One of the two programs, running in the folder that both share. It is started once and given each configuration by HUP, which costs a tenth of a start; every
 * configuration has ports of its own, so that whoever answers there has read it.
 */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProgramKind {
  readonly name: 'nginx' | 'portico';
  readonly command: readonly string[];
  readonly address: string;
  /** The last that it writes of a configuration that it does not take. */
  readonly refused: RegExp;
}

const LISTENS_MS = 30_000;
const POLL_MS = 10;
const STOP_MS = 20_000;

export class Program {
  readonly kind: ProgramKind;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #read = 0;

  constructor(kind: ProgramKind, folder: string) {
    this.kind = kind;
    this.#folder = folder;
  }

  get #errorLog(): string {
    return join(this.#folder, `${this.kind.name}.err`);
  }

  /** Undefined once it listens on the port; otherwise what it says against the text. */
  async serve(text: string, port: number): Promise<string | undefined> {
    this.#write(text);
    this.#read = existsSync(this.#errorLog) ? statSync(this.#errorLog).size : 0;
    if (this.#child === undefined || this.#child.exitCode !== null) this.#start();
    else this.#child.kill('SIGHUP');
    for (let waited = 0; waited < LISTENS_MS; waited += POLL_MS) {
      if (await canConnect(this.kind.address, port)) return undefined;
      const complaint = this.#complaint();
      if (complaint !== undefined) return complaint;
      await sleep(POLL_MS);
    }
    return `nothing listens after ${LISTENS_MS} ms: ${this.newErrors()}`;
  }

  /** What it has written in its error log since it was given its last configuration. */
  newErrors(): string {
    return existsSync(this.#errorLog) ? readFileSync(this.#errorLog, 'utf8').slice(this.#read) : '';
  }

  async stop(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await Promise.race([once(this.#child, 'exit'), sleep(STOP_MS)]);
    this.#child.kill('SIGKILL');
  }

  #complaint(): string | undefined {
    const errors = this.newErrors();
    const fault = errors.split('\n').find((line) => line.includes('[emerg]'));
    if (fault !== undefined && this.kind.refused.test(errors)) return fault;
    const { exitCode } = this.#child ?? {};
    return typeof exitCode === 'number' ? `it ended with ${exitCode}: ${this.newErrors()}` : undefined;
  }

  #start(): void {
    const [command = '', ...args] = this.kind.command;
    this.#child = spawn(command, [...args, ...this.#arguments()], { stdio: 'ignore' });
  }

  #arguments(): string[] {
    return ['-p', this.#folder, '-c', `${this.kind.name}.conf`];
  }

  #write(text: string): void {
    writeFileSync(join(this.#folder, `${this.kind.name}.conf`), text);
  }
}

async function canConnect(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
