/** uWSGI's `master-fifo`: pipes in the file system, from one of which commands of one letter are read. */

import { execFileSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Log } from '../log/log.ts';
import type { Identity } from '../privileges.ts';
import { actFor } from '../privileges.ts';
import type { SignalCommand } from '../signals.ts';
import { fifoCommand } from './fifo-commands.ts';

const { O_RDWR, O_NONBLOCK, O_NOFOLLOW } = constants;
/** Letters that are heeded of one piece; a pipe holds 64 KB, and nobody means all of them. */
const LETTERS_MAX = 64;

export interface MasterFifoParts {
  readonly paths: readonly string[];
  readonly identity: Identity | undefined;
  readonly log: Pick<Log, 'say'>;
  readonly obey: (command: SignalCommand, why: string) => void;
}

export class MasterFifo {
  readonly #parts: MasterFifoParts;
  #socket: { destroy(): void } | undefined;
  #slot = -1;

  constructor(parts: MasterFifoParts) {
    this.#parts = parts;
  }

  /** Reads the first one. */
  start(): void {
    void this.#read(0);
  }

  async #read(slot: number): Promise<void> {
    const { paths, log } = this.#parts;
    const path = paths[slot];
    if (path === undefined || slot === this.#slot) {
      log.say(
        'warning',
        `master-fifo: ${path === undefined ? `there is no number ${slot}` : `${path} is read already`}`,
      );
      return;
    }
    let fd: number;
    try {
      fd = this.#open(path);
    } catch (error) {
      log.say('error', `master-fifo: ${path} cannot be read: ${(error as Error).message}`);
      return;
    }
    const { Socket } = await import('node:net');
    this.#socket?.destroy();
    this.#slot = slot;
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('data', (bytes: Buffer) => this.#heed(bytes.toString('latin1')));
    socket.on('error', (error) => log.say('error', `master-fifo: ${path} cannot be read: ${error.message}`));
    socket.unref();
    this.#socket = socket;
  }

  /** Held open for writing as well, so that the end of one writer is not the end of the pipe. With the rights of who the server runs as. */
  #open(path: string): number {
    return actFor(this.#parts.identity, () => {
      let fd = tryToOpen(path);
      if (fd === undefined) {
        const { uid = process.getuid?.(), gid = process.getgid?.() } = this.#parts.identity ?? {};
        execFileSync('mkfifo', ['-m', '600', '--', path], {
          stdio: 'ignore',
          ...(process.geteuid?.() === 0 && uid !== undefined && gid !== undefined ? { uid, gid } : {}),
        });
        fd = openSync(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
      }
      if (!fstatSync(fd).isFIFO()) {
        closeSync(fd);
        throw new Error('it is there already, and is no pipe');
      }
      return fd;
    });
  }

  #heed(text: string): void {
    const { log, obey } = this.#parts;
    for (const letter of text.slice(0, LETTERS_MAX)) {
      const command = fifoCommand(letter);
      if (command?.kind === 'do') {
        obey(command.command, `master-fifo "${letter}"`);
      } else if (command?.kind === 'slot') {
        void this.#read(command.slot);
      } else if (command?.kind === 'meaningless') {
        log.say('warning', `master-fifo: "${letter}" does nothing here: ${command.why}`);
      } else if (letter.trim() !== '') {
        log.say('warning', `master-fifo: "${letter}" is no command`);
      }
    }
  }
}

function tryToOpen(path: string): number | undefined {
  try {
    return openSync(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
