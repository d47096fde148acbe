/** Whether a file can be run as a Python, and why one that was run did not begin. */

import type { ExecFileException } from 'node:child_process';
import { execFile } from 'node:child_process';
import { accessSync, closeSync, constants, lstatSync, openSync, readlinkSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { statOf } from '../paths.ts';

const OLDEST = [3, 9] as const;
/** A Python that does nothing starts in a tenth of a second; a machine may be busy. */
const ANSWER_MS = 5000;
/** Characters of a program's own words that are shown. */
const REASON_MAX = 300;

/** Undefined if it looks as if it could be run; otherwise the rest of a sentence, such as "there is no bin/python". */
export function whyUnusable(path: string): string | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) {
      return `${path} is no file`;
    }
    accessSync(path, constants.X_OK);
    return isNoProgram(path) ? `${path} is no program for this machine` : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP'
      ? whyMissing(path)
      : `${path} may not be run (${code})`;
  }
}

const SCRIPT = Buffer.from('#!');
const ELF = Buffer.from('\x7fELF');
/** The bytes of an ELF head up to the end of `e_machine`, which says for which processor the program is. */
const ELF_HEAD_BYTES = 20;
const ELF_MACHINE_AT = 18;

/**
 * Neither a script nor in the format of the program that runs here, such as one of macOS that was copied into an image: the C library
 * would have a shell read it. A file that may be run and not read is left to the system.
 */
function isNoProgram(path: string): boolean {
  const head = readHead(path);
  return isElf(readHead(process.execPath)) && head !== undefined && !isElf(head) && !startsWith(head, SCRIPT);
}

/** Whether a program is for another processor. The system may run it all the same, by an emulator, so this is asked when it has failed. */
function isForeign(path: string): boolean {
  const head = readHead(path);
  const machine = (bytes: Buffer | undefined) => bytes?.toString('hex', ELF_MACHINE_AT);
  return isElf(head) && machine(head) !== machine(readHead(process.execPath));
}

function isElf(head: Buffer | undefined): boolean {
  return head !== undefined && startsWith(head, ELF);
}

function startsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}

function readHead(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(ELF_HEAD_BYTES);
    return bytes.subarray(0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

/** A link whose target is gone, as after an upgrade of the Python it was made with, may be the file or a folder above. */
function whyMissing(path: string): string {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if (linkTarget(at) !== undefined && statOf(at) === undefined) {
      return `${at} is a link to ${linkTarget(at)}, which is not there`;
    }
  }
  return `there is no ${path}`;
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}

const SPAWN_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'the user that the server runs as may not run it',
  ENOENT: 'the program or the loader that it asks for is not there',
};

function reasonOf(path: string, error: ExecFileException, stderr: string): string {
  if (isForeign(path)) {
    return 'it is for another kind of processor';
  }
  const said = stderr.trim().split('\n').at(-1)?.slice(0, REASON_MAX);
  return SPAWN_FAULTS[String(error.code)] ?? (said || (error.message.split('\n')[0] ?? ''));
}

/** Why a Python did not even begin, in words; undefined when it does begin. Asked only after it failed, with the environment it had. */
export function explainProgram(path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(
      path,
      ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])'],
      { env, timeout: ANSWER_MS },
      (error, stdout, stderr) => {
        const [major = 0, minor = 0] = stdout.trim().split('.').map(Number);
        if (error) {
          done(`${path} does not run: ${reasonOf(path, error, stderr)}. Name another Python with --python`);
        } else if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
          done(
            `${path} is Python ${stdout.trim()}, and ${OLDEST.join('.')} or later is needed. Name another with --python`,
          );
        } else {
          done(undefined);
        }
      },
    );
  });
}
