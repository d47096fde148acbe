/** A server that leaves the terminal: it is started as a daemon, and whoever has started it is told what becomes of its start. */

import type { ProcessSettings } from '../config/model/server-model.ts';
import type { ServeReports } from '../supervisor/main.ts';
import type { Surroundings } from '../supervisor/service-manager.ts';
import { isDaemon, sayAsDaemon, startDaemon, tellDaemonRuns } from './daemon.ts';
import { openForAppending } from './nginx/start-log.ts';
import type { Terminal } from './terminal.ts';

const NOWHERE = '/dev/null';

/** Whether this process only starts the server, which is another. */
export function isStarter({ predecessor }: Surroundings): boolean {
  // Who replaces a server is beside it already.
  return !isDaemon() && predecessor === undefined;
}

/** Resolves with the exit code: when the server serves, or cannot. */
export function startDetached(logFile: string, terminal: Terminal): Promise<number> {
  return startDaemon({ errorFd: openDaemonLog(logFile), onSays: (text) => terminal.error(text) });
}

/** Without a log file nobody hears what a daemon says after its start, as of gunicorn's. */
function openDaemonLog(logFile: string): number {
  try {
    return openForAppending(logFile === '' ? NOWHERE : logFile);
  } catch {
    // The daemon opens it too, and says what is in the way.
    return openForAppending(NOWHERE);
  }
}

export interface Detached {
  /** What the process that waits for this one prints. */
  readonly terminal: Terminal;
  readonly reports: (reports: ServeReports) => ServeReports;
}

/** Who has started a daemon is told what stands in its way, and nothing of a start that succeeds: that is in the log. */
export function detached(terminal: Terminal, { logFile }: Pick<ProcessSettings, 'logFile'>): Detached {
  if (!isDaemon()) {
    return { terminal, reports: (reports) => reports };
  }
  let isStarted = false;
  const error = (text: string): void => {
    if (!isStarted) {
      sayAsDaemon(text);
    }
  };
  const reports = (told: ServeReports): ServeReports => ({
    ...told,
    onStarted: (announcement, log) => {
      isStarted = true;
      told.onStarted(announcement, log);
      tellDaemonRuns();
    },
    onGivenUp: (fault, traceback, log) => {
      told.onGivenUp(fault, traceback, log);
      if (logFile === '') {
        const shown = traceback === '' || traceback === fault ? '' : `${traceback.trimEnd()}\n`;
        sayAsDaemon(`${shown}portico: the server cannot start: ${fault}\n`);
      }
    },
  });
  return { terminal: { ...terminal, error, isWatched: false }, reports };
}
