/**
 * Walks through a quickstart as its reader does: writes the files that the page shows, runs its shell blocks one after another in one
 * shell's environment, starts the server where the page does, and looks for what the page says that its reader sees.
 *
 * - A block `sh` runs. If its last line is `portico serve` or `portico run`, that is started and left at work until the next such block.
 * - A block with `file=PATH` is that file, one with `append=PATH` goes to its end. The text above it has to name the file.
 * - Other blocks of configuration are read by another test.
 * - A block `text` behind a block `sh` is what the reader sees: each of its lines is found in what the block has printed; … is anything.
 */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPort } from '../integration/free-port.ts';
import { until } from '../integration/waiting.ts';
import { hasPieces, piecesOf } from './ellipsis.ts';
import type { Block, Page } from './markdown.ts';

export interface Surroundings {
  readonly folder: string;
  /** Folders with the programs that a reader has. */
  readonly path: string;
  /** Where pip finds packages, and nowhere else. */
  readonly wheels: string;
}

/** What a block has printed, on both streams. */
interface Printed {
  text: string;
  isWhole: boolean;
}

const BLOCK_MS = 120_000;
/** On a machine that has other things to do. */
const START_MS = 60_000;
const STOP_MS = 10_000;
const ADDRESS = '127.0.0.1:8000';
const SERVE = /^portico (serve|run)(?!.*--check)/;
/** Configurations, which tests/docs/configurations.test.ts reads. */
const SHOWN = new Set(['toml', 'ini', 'nginx']);
/** A page marks with it what it shows of a machine that the test does not have. */
const ELSEWHERE = 'elsewhere';

export async function walk(page: Page, surroundings: Surroundings): Promise<void> {
  const walker = new Walker(page, surroundings, await findPort());
  try {
    for (const block of page.blocks) await walker.take(block);
  } finally {
    await walker.end();
  }
}

class Walker {
  readonly #page: Page;
  readonly #folder: string;
  readonly #address: string;
  readonly #env: Readonly<Record<string, string>>;
  #server: ChildProcess | undefined;
  #printed: Printed = { text: '', isWhole: true };

  constructor(page: Page, { folder, path, wheels }: Surroundings, port: number) {
    this.#page = page;
    this.#folder = folder;
    this.#address = `127.0.0.1:${port}`;
    this.#env = {
      PATH: path,
      HOME: folder,
      TMPDIR: folder,
      LANG: 'C.UTF-8',
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: wheels,
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      PIP_ROOT_USER_ACTION: 'ignore',
      PIP_NO_COMPILE: '1',
      PORTICO_BIND: this.#address,
    };
    writeFileSync(this.#at('environment'), '');
    writeFileSync(this.#at('where'), folder);
  }

  async take(block: Block): Promise<void> {
    const [[kind, name] = ['', '']] = block.words;
    if (kind === 'file' || kind === 'append') this.#write(block, kind, name);
    else if (block.words.has(ELSEWHERE)) return;
    else if (block.language === 'sh') await this.#run(block);
    else if (block.language === 'text') await this.#look(block);
    else if (!SHOWN.has(block.language))
      throw new Error(
        `${this.#place(block)}: a block of a page that is walked is sh, text, configuration, or has file= or append=`,
      );
  }

  async end(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    const timer = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #write(block: Block, kind: string, name: string): void {
    if (!block.before.includes(`\`${name}\``))
      throw new Error(`${this.#place(block)}: the text above does not name ${name}`);
    const path = join(readFileSync(this.#at('where'), 'utf8').trim(), name);
    mkdirSync(dirname(path), { recursive: true });
    // A server that root starts from nginx's files runs as nobody, who may not enter the folder of a test. A reader is not root here.
    const before = name === 'nginx.conf' && process.geteuid?.() === 0 ? 'user root; ' : '';
    const text = `${before}${block.text.replaceAll(ADDRESS, this.#address)}`;
    if (kind === 'file') writeFileSync(path, text);
    else appendFileSync(path, `\n${text}`);
  }

  async #run(block: Block): Promise<void> {
    const text = block.text.replaceAll(ADDRESS, this.#address);
    const isServer = SERVE.test(text.trim().split('\n').at(-1) ?? '');
    if (isServer) await this.end();
    const child = this.#start(isServer ? text.replace(/^portico (serve|run)/m, 'exec portico $1') : text);
    const printed = this.#printed;
    if (isServer) {
      this.#server = child;
      return;
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), BLOCK_MS);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${this.#place(block)} ended with ${code}:\n${printed.text}`);
  }

  /** Each block goes on where the one before it has left the shell: in its folder, with its variables. */
  #start(text: string): ChildProcess {
    const lines = [
      `. '${this.#at('environment')}'`,
      `cd "$(cat '${this.#at('where')}')"`,
      'set -e -o pipefail',
      text,
      `export -p >'${this.#at('environment')}'`,
      `pwd >'${this.#at('where')}'`,
    ];
    const child = spawn('/bin/bash', ['--noprofile', '--norc', '-c', lines.join('\n')], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed: Printed = { text: '', isWhole: false };
    this.#printed = printed;
    child.once('close', () => {
      printed.isWhole = true;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        printed.text += piece;
      });
    }
    return child;
  }

  async #look(block: Block): Promise<void> {
    const printed = this.#printed;
    for (const line of block.text.replaceAll(ADDRESS, this.#address).split('\n').filter(Boolean)) {
      const pieces = piecesOf(line);
      const isThere = (): boolean => printed.text.split('\n').some((text) => hasPieces(text, pieces));
      await until(`"${line}" is printed`, () => isThere() || printed.isWhole, START_MS);
      if (!isThere()) throw new Error(`${this.#place(block)}: there is no "${line}" in ${printed.text}`);
    }
  }

  #at(name: string): string {
    return join(this.#folder, `.${name}`);
  }

  #place(block: Block): string {
    return `${this.#page.path}:${block.line}`;
  }
}
