/** Whether a file can be run as a Python, and why one that was run did not begin. */

import { spawn } from 'node:child_process';
import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeExit } from '../fleet/exit-words.ts';
import type { Exit } from '../fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { readHead, statOf } from '../paths.ts';
import type { Identity } from '../privileges.ts';
import { actFor, mayAct } from '../privileges.ts';
import { commandAs } from '../start-as-user.ts';
import { endGroup } from './process-group.ts';

const OLDEST = [3, 9] as const;
/** A Python that does nothing starts in a tenth of a second; a machine may be busy. */
const ANSWER_MS = 5000;
/** Characters of either stream that are kept: the last. */
const ANSWER_CHARACTERS_MAX = 4096;
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
  const head = readHead(path, ELF_HEAD_BYTES);
  return (
    isElf(readHead(process.execPath, ELF_HEAD_BYTES)) && head !== undefined && !isElf(head) && !startsWith(head, SCRIPT)
  );
}

/** Whether a program is for another processor. The system may run it all the same, by an emulator, so this is asked when it has failed. */
function isForeign(path: string): boolean {
  const head = readHead(path, ELF_HEAD_BYTES);
  const machine = (bytes: Buffer | undefined) => bytes?.toString('hex', ELF_MACHINE_AT);
  return isElf(head) && machine(head) !== machine(readHead(process.execPath, ELF_HEAD_BYTES));
}

function isElf(head: Buffer | undefined): boolean {
  return head !== undefined && startsWith(head, ELF);
}

function startsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
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

const PRINT_VERSION = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
/** How it is told that a program cannot be run, where one of ours was to become it. */
const TOLD_FAULT = /\((E\w+)\)$|^process\.execve failed with error code (E\w+)$/m;

const SPAWN_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'the user that the server runs as may not run it',
  ENOENT: 'the program or the loader that it asks for is not there',
};

/** Why a Python did not even begin, in words; undefined when it does begin. Asked only after it failed, with the environment it had. */
export async function explainProgram(
  path: string,
  user: PythonUser,
  answerMs: number = ANSWER_MS,
): Promise<string | undefined> {
  const { said, end } = await ask(path, user, answerMs);
  if (end === 'late') {
    return `${path} does not run: it had said nothing after ${answerMs / 1000} s. Name another Python with --python`;
  }
  if (end.code !== 0) {
    return `${path} does not run: ${reasonOf(path, user, end, said.stderr)}. Name another Python with --python`;
  }
  const [major = 0, minor = 0] = said.stdout.trim().split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
    ? `${path} is Python ${said.stdout.trim()}, and ${OLDEST.join('.')} or later is needed. Name another with --python`
    : undefined;
}

/** Whose Python it is, and what it is run with. */
export interface PythonUser {
  readonly identity: Identity | undefined;
  readonly env: NodeJS.ProcessEnv;
}

interface Answer {
  readonly said: { readonly stdout: string; readonly stderr: string };
  readonly end: Exit | 'late';
}

function ask(path: string, { identity, env }: PythonUser, answerMs: number): Promise<Answer> {
  return new Promise((done) => {
    const command = commandAs(identity, { program: path, args: ['-c', PRINT_VERSION], env, folder: '/' });
    // It leads a group of its own, with what it starts: a Python may be a script that starts one.
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] = (said[name] + text).slice(-ANSWER_CHARACTERS_MAX);
      });
    }
    const timer = setTimeout(() => {
      endGroup(child.pid ?? 0, identity);
      done({ said, end: 'late' });
    }, answerMs);
    const finish = (end: Exit): void => {
      clearTimeout(timer);
      done({ said, end });
    };
    child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      finish({ code: null, signal: null, error: code ?? message });
    });
    child.on('exit', (code, signal) => {
      // What a process that it has left behind could still say is not waited for.
      setTimeout(() => finish({ code, signal }), SUPERVISOR_LIMITS.lastWordsMs);
    });
    child.on('close', (code, signal) => finish({ code, signal }));
  });
}

function reasonOf(path: string, { identity }: PythonUser, end: Exit, stderr: string): string {
  if (actFor(identity, () => isForeign(path))) {
    return 'it is for another kind of processor';
  }
  const said = stderr.trim().split('\n').at(-1)?.slice(0, REASON_MAX);
  const [, told = '', failed = ''] = mayAct(identity) ? (TOLD_FAULT.exec(stderr) ?? []) : [];
  return SPAWN_FAULTS[end.error ?? (told || failed)] ?? (said || `it ${describeExit(end)}`);
}
