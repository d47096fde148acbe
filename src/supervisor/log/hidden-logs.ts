/**
 * Files of logs that are the user's to write but to which that user has no way, because a folder of root's is on the path that nobody else may enter. nginx's
 * workers have what their master has open. An edge that is started inherits descriptors; to one that runs Node cannot send those of files. So it opens the
 * files by the descriptors of a process that is there for this alone: one of the same user, into which the kernel lets the edge look.
 */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { LogTarget } from '../../config/model/logs.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { HiddenLog, LogPlace } from '../../protocol/control/edge.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Identity } from '../privileges.ts';
import { asUser, mayAct } from '../privileges.ts';
import { signalChild } from '../send-signal.ts';
import { behindStandard, commandAs } from '../start-as-user.ts';
import { closeLogFile, openLogFile } from './log-file.ts';

/** Paths of access logs and error logs of the edge, each once; `-` is our own standard output. */
export function logPaths({ logs, scopes }: Pick<ServerModel, 'logs' | 'scopes'>): string[] {
  const sinks = [...logs, ...scopes.flatMap(({ errorLogs }) => errorLogs)].map(({ sink }) => sink);
  return [...new Set(sinks.flatMap((sink) => pathOf(sink) ?? []))];
}

type Sink = LogTarget['sink'] | ServerModel['scopes'][number]['errorLogs'][number]['sink'];

/** A path with variables names many files, of which none is known yet. */
function pathOf(sink: Sink): string | undefined {
  return sink.kind === 'file' && typeof sink.path === 'string' && sink.path !== '-' ? sink.path : undefined;
}

/** Opens them. Throws what is in the way. */
export function openHiddenLogs(
  model: Pick<ServerModel, 'logs' | 'scopes'>,
  identity: Identity | undefined,
): readonly HiddenLog[] {
  if (!mayAct(identity)) {
    return [];
  }
  const hidden = asUser(identity, () => logPaths(model).filter(isHidden));
  const opened: HiddenLog[] = [];
  try {
    for (const path of hidden) {
      const fd = openLogFile(path, identity);
      if (fstatSync(fd).isFile()) {
        opened.push({ path, fd });
      } else {
        // Pipes and terminals stay root's: see openLogs.
        closeLogFile(fd);
      }
    }
  } catch (error) {
    closeHiddenLogs(opened);
    throw error;
  }
  return opened;
}

export function closeHiddenLogs(logs: readonly HiddenLog[]): void {
  for (const { fd } of logs) {
    closeLogFile(fd);
  }
}

function isHidden(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

export interface ShownLogs {
  readonly places: readonly LogPlace[];
  /** The edge has opened them, or has had time to. */
  end(): void;
}

/** A program that waits until we have ended. It says that it is there: until then it is still becoming the user. */
const WAIT = ['-e', "process.stdin.resume();require('node:fs').writeSync(1,'.')"];

/** Shows those of this model to an edge that runs. Throws what is in the way. */
export async function showHiddenLogs(
  model: Pick<ServerModel, 'logs' | 'scopes'>,
  identity: Identity | undefined,
): Promise<ShownLogs> {
  const hidden = openHiddenLogs(model, identity);
  if (hidden.length === 0) {
    return { places: [], end: () => undefined };
  }
  try {
    const command = commandAs(identity, { program: process.execPath, args: WAIT, env: {}, folder: '/' });
    const fds = hidden.map(({ fd }) => fd);
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ['pipe', 'pipe', 'ignore', ...behindStandard(command, fds)],
    });
    const end = () => signalChild(child, 'SIGKILL', identity);
    await isThere(child, end);
    // It ends with us, and we do not wait for it.
    child.unref();
    for (const stream of [child.stdin, child.stdout]) {
      (stream as Socket | null)?.unref();
    }
    const numberOf = (index: number) => `/proc/${child.pid}/fd/${command.firstDescriptor + index}`;
    const places = hidden.map(({ path }, index) => ({ path, place: numberOf(index) }));
    return { places, end };
  } finally {
    closeHiddenLogs(hidden);
  }
}

function isThere(child: ChildProcess, end: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      end();
      reject(new Error(`logs in folders of root's cannot be shown to the process that writes them: ${why}`));
    };
    const timer = setTimeout(() => fail('nothing was heard of the process'), SUPERVISOR_LIMITS.showLogsMs);
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code) => fail(`the process has ended with code ${code}`));
    child.once('close', () => clearTimeout(timer));
    child.stdout?.once('data', () => {
      clearTimeout(timer);
      resolve();
    });
    // The process may have been killed before it has read.
    child.stdin?.on('error', () => undefined);
  });
}
