/**
 * The folders in which edges keep bodies. An edge makes one when it needs it, and anew when it is gone; from then on the supervisor
 * has it locked (flock), so that no other server and no systemd-tmpfiles takes it for one that was left behind, and removes it when the edge has ended. What a
 * server that was killed with its edge has left is removed by the next one of the same user, never by root on behalf of
 * another. An edge that root has started for a user names folders in which that user can change what a path leads to, so they
 * are opened, locked and removed with that user's rights.
 *
 * Node cannot lock a file: the site's Python does, on the descriptor that it inherits, and the lock stays with ours.
 */

import { execFile, spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, lstatSync, openSync, readdir, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SpoolFolderMade } from '../protocol/control/edge.ts';
import type { Log } from './log/log.ts';
import type { Identity } from './privileges.ts';
import { actFor } from './privileges.ts';
import type { Spawned } from './start-as-user.ts';
import { behindStandard, commandAs } from './start-as-user.ts';

/** The names that the gateway's `SpoolFolder` gives. Folders of older releases, which nobody locks, had others. */
const NAMED_LIKE_OURS = /^portico-spool-[A-Za-z0-9]{6}$/;
/** Enough for what crashes leave; the rest is for the next time. Bounds the command line. */
const STALE_FOLDERS_MAX = 256;
/** Folders of an edge at a time: each of its threads has one, and makes another when somebody has removed it. */
const HELD_MAX = 256;
const HELPER_MS_MAX = 30_000;
/** Characters of its complaint that are logged. */
const SAID_LENGTH_MAX = 500;
/** So that nothing of the site or its environment is imported: the program needs the standard library only. */
const PYTHON_ALONE = ['-I', '-S', fileURLToPath(new URL('../../python/portico_worker/folders.py', import.meta.url))];

/** Where bodies may be kept: on disk, where the folder for other temporary files may be in memory. */
export function spoolParents(env: NodeJS.ProcessEnv): string[] {
  return [...new Set([env['TMPDIR'] || '/var/tmp', '/var/tmp', '/tmp'].map((parent) => resolve(parent)))];
}

interface Held {
  readonly path: string;
  readonly fd: number;
}

export class SpoolFolders {
  readonly #python: () => string;
  readonly #identity: Identity | undefined;
  readonly #parents: readonly string[];
  readonly #log: Pick<Log, 'say'>;
  #held: Held[] = [];

  constructor(
    { python, identity }: { readonly python: () => string; readonly identity: Identity | undefined },
    parents: readonly string[],
    log: Pick<Log, 'say'>,
  ) {
    this.#python = python;
    this.#identity = identity;
    this.#parents = parents;
    this.#log = log;
  }

  /**
   * The edge has made this folder and uses it. What is adopted is removed with all that is in it when the edge has ended, so it must be one that an edge of ours
   * would make: by its name, and where it is.
   */
  adopt({ path, device, inode }: SpoolFolderMade): void {
    if (!this.#parents.includes(dirname(path)) || !NAMED_LIKE_OURS.test(basename(path))) {
      this.#log.say('error', `the edge names a folder for bodies that it cannot have made: ${path}`);
      return;
    }
    if (this.#held.length >= HELD_MAX) {
      this.#dropRemoved();
    }
    if (this.#held.length >= HELD_MAX) {
      this.#warn(path, `${HELD_MAX} are in use already`);
      return;
    }
    try {
      const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
      const fd = actFor(this.#identity, () => openSync(path, flags));
      const { dev, ino } = fstatSync(fd);
      if (dev !== device || ino !== inode) {
        closeSync(fd);
        throw new Error('it was replaced');
      }
      this.#dropRemoved();
      this.#held.push({ path, fd });
      this.#lock({ path, fd });
    } catch (error) {
      // What has gone again already needs no lock.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#warn(path, (error as Error).message);
      }
    }
  }

  /** Forgets the folders that somebody has removed: their number must not grow with it. */
  #dropRemoved(): void {
    this.#held = this.#held.filter(({ fd }) => {
      const isThere = fstatSync(fd).nlink > 0;
      if (!isThere) {
        closeSync(fd);
      }
      return isThere;
    });
  }

  #lock({ path, fd }: Held): void {
    const command = this.#helper(['lock']);
    const helper = spawn(command.program, [...command.args, String(command.firstDescriptor)], {
      cwd: command.cwd,
      env: command.env,
      stdio: ['ignore', 'pipe', 'pipe', ...behindStandard(command, [fd])],
      timeout: HELPER_MS_MAX,
    });
    let said = '';
    for (const stream of [helper.stdout, helper.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text.slice(0, SAID_LENGTH_MAX - said.length);
      });
    }
    helper.on('error', (error) => {
      said = error.message;
    });
    helper.on('close', (code) => {
      if (code !== 0) {
        this.#warn(path, said.trim() || 'another program has locked it');
      }
    });
  }

  /** The current folder may have been removed, so it is another. */
  #helper(args: readonly string[]): Spawned {
    const words = [...PYTHON_ALONE, ...args];
    return commandAs(this.#identity, { program: this.#python(), args: words, env: process.env, folder: '/' });
  }

  #warn(path: string, reason: string): void {
    this.#log.say(
      'warning',
      `the folder ${path} for bodies of requests and responses cannot be locked (${reason}); a program that cleans up may remove it, and it is made again then`,
    );
  }

  /** Called when no edge uses the folders any more. What stands in the place of one but is not what was adopted is left alone. */
  removeAll(): void {
    for (const { path, fd } of this.#held) {
      try {
        const { dev, ino } = fstatSync(fd);
        const stat = lstatSync(path, { throwIfNoEntry: false });
        if (stat?.dev === dev && stat.ino === ino) {
          actFor(this.#identity, () => rmSync(path, { recursive: true, force: true }));
        }
      } catch (error) {
        this.#log.say('warning', `the folder ${path} cannot be removed: ${(error as Error).message}`);
      }
      closeSync(fd);
    }
    this.#held = [];
  }

  /** Removes the folders that nobody has locked. The start does not wait for this, and whatever stands in its way is left alone. */
  async removeStale(parents: readonly string[]): Promise<void> {
    const found = await Promise.all(parents.map(listFolders));
    const held = new Set(this.#held.map(({ path }) => path));
    const paths = found.flat().filter((path) => !held.has(path));
    if (paths.length > 0 && this.#python() !== '') {
      await new Promise<void>((done) => {
        const { program, args, cwd, env } = this.#helper(paths.slice(0, STALE_FOLDERS_MAX));
        execFile(program, args, { cwd, env, timeout: HELPER_MS_MAX }, () => done());
      });
    }
  }
}

function listFolders(parent: string): Promise<string[]> {
  return new Promise((done) => {
    readdir(parent, (error, names) => {
      const found = error === null ? names : [];
      done(found.filter((name) => NAMED_LIKE_OURS.test(name)).map((name) => join(parent, name)));
    });
  });
}
