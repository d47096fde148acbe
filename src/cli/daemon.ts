/**
 * A daemon, as nginx's `daemon on` asks for it, gunicorn's `--daemon` and uWSGI's `daemonize`: the server is another process, in a session of its own. What was started ends when the server has its sockets and its pid file, or with the
 * server's exit code if it could not start. Node cannot fork, so the server is this program again, told by a variable that it is the one.
 *
 * The daemon has no terminal: its standard error is the error log, so that whoever started it (an ssh session, a hook) is not held by it. What it has to tell
 * during its start goes through the process that waits for it.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DAEMON_VARIABLE } from './invocation.ts';

/** The exit code where a signal has ended the daemon during its start. */
const FAILED = 1;

type FromDaemon = { readonly kind: 'says'; readonly text: string } | { readonly kind: 'runs' };

export interface DaemonOptions {
  /** What its standard error is: the descriptor of the error log, or our own standard error if that is the log. */
  readonly errorFd: number;
  readonly onSays: (text: string) => void;
}

/** Resolves with the exit code. */
export async function startDaemon({ errorFd, onSays }: DaemonOptions): Promise<number> {
  const daemon = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['ignore', 'ignore', errorFd, 'ipc'],
    env: { ...process.env, [DAEMON_VARIABLE]: '1' },
  });
  const runs = new Promise<number>((resolve) => {
    daemon.on('message', (message) => {
      const told = message as FromDaemon; // A process of ours.
      if (told.kind === 'says') {
        onSays(told.text);
      } else {
        resolve(0);
      }
    });
  });
  const ends = once(daemon, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : FAILED));
  const code = await Promise.race([runs, ends]);
  if (daemon.connected) {
    daemon.disconnect();
  }
  daemon.unref();
  return code;
}

/** This process is the daemon. */
export function isDaemon(): boolean {
  return process.env[DAEMON_VARIABLE] !== undefined;
}

/** Of the daemon: what it says is printed by the process that waits for it, while that is there. */
export function sayAsDaemon(text: string): void {
  tell({ kind: 'says', text });
}

/** The process that waits ends then, and so does the channel to it. */
export function tellDaemonRuns(): void {
  tell({ kind: 'runs' }, () => process.disconnect());
}

function tell(message: FromDaemon, sent?: () => void): void {
  if (process.connected) {
    process.send?.(message, undefined, undefined, () => sent?.());
  }
}
