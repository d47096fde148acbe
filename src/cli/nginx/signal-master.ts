/** `-s`: sends a signal to the server whose number stands in the pid file that the configuration names. */

import { readFileSync, statSync } from 'node:fs';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { systemWords } from '../../kernel/system-words.ts';
import { recogniseProcess } from '../running-server.ts';
import type { NginxSignal } from './nginx-arguments.ts';

export interface SignalFault {
  readonly level: ErrorLevel;
  readonly message: string;
}

const SIGNALS: Readonly<Record<NginxSignal, { readonly name: NodeJS.Signals; readonly number: number }>> = {
  stop: { name: 'SIGTERM', number: 15 },
  quit: { name: 'SIGQUIT', number: 3 },
  reopen: { name: 'SIGUSR1', number: 10 },
  reload: { name: 'SIGHUP', number: 1 },
};
/** No pid file is longer. */
const FILE_BYTES_MAX = 64;

/** Like nginx it does not wait for what the signal brings about. Unlike nginx it signals no other program that has the number by now. */
export function signalMaster(signal: NginxSignal, pidFile: string): Outcome<undefined, SignalFault> {
  const pid = readPid(pidFile);
  if (!pid.ok) {
    return pid;
  }
  const { name, number } = SIGNALS[signal];
  if (recogniseProcess(pid.value, pidFile) === 'other') {
    const why = `"${pidFile}" is old: process ${pid.value} is another program now`;
    return failure({ level: 'alert', message: `kill(${pid.value}, ${number}) was not done, because ${why}` });
  }
  try {
    process.kill(pid.value, name);
    return success(undefined);
  } catch (error) {
    return failure({ level: 'alert', message: `kill(${pid.value}, ${number}) failed (${systemWords(error)})` });
  }
}

function readPid(path: string): Outcome<number, SignalFault> {
  let text: string;
  try {
    const stat = statSync(path);
    // A pipe would have us wait, and a large file is none that a server has written.
    text = stat.isFile() && stat.size <= FILE_BYTES_MAX ? readFileSync(path, 'latin1') : 'no pid file';
  } catch (error) {
    return failure({ level: 'error', message: `open() "${path}" failed (${systemWords(error)})` });
  }
  const number = text.replace(/[\r\n]+$/, '');
  return /^[1-9]\d{0,9}$/.test(number)
    ? success(Number(number))
    : failure({ level: 'error', message: `invalid PID number "${number}" in "${path}"` });
}
