/** Starts the server that nginx's files describe, as a daemon or in the foreground, and says in nginx's words why it cannot be started. */

import { closeSync } from 'node:fs';
import type { ErrorLog } from '../../config/model/logs.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import { currentFolder, NO_FOLDER } from '../../supervisor/current-folder.ts';
import { becomeInit } from '../../supervisor/init.ts';
import type { ServeReports } from '../../supervisor/main.ts';
import { supervise } from '../../supervisor/main.ts';
import type { ModelSource } from '../../supervisor/model-reload.ts';
import type { Surroundings } from '../../supervisor/service-manager.ts';
import { readVersion } from '../../supervisor/version.ts';
import { isDaemon, startDaemon, tellDaemonRuns } from '../daemon.ts';
import { programName } from './nginx-build.ts';
import type { StartLog } from './start-log.ts';
import { openForAppending } from './start-log.ts';

const FAILED = 1;
const STANDARD_ERROR = 2;

/** Resolves with the exit code. */
export async function startServer(
  model: ServerModel,
  surroundings: Surroundings,
  log: StartLog,
  source: ModelSource,
): Promise<number> {
  // Who replaces a server is beside it already.
  const { predecessor } = surroundings;
  if (model.process.isDaemon && !isDaemon() && predecessor === undefined) {
    const errorFd = openErrorLog(model.process.errorLogs);
    const code = await startDaemon({ errorFd, onSays: (text) => log.print(text) });
    if (errorFd !== STANDARD_ERROR) {
      closeSync(errorFd);
    }
    return code;
  }
  const cwd = currentFolder(surroundings.env);
  if (cwd === undefined) {
    log.say('emerg', NO_FOLDER);
    return FAILED;
  }
  if (!model.process.isDaemon && predecessor === undefined) {
    becomeInit(surroundings.manager);
  }
  const code = await supervise(
    model,
    cwd,
    { ...surroundings, tell: (text) => log.tell(text) },
    newReports(log),
    source,
  );
  return code === 0 ? code : FAILED;
}

/** Where a daemon's standard error goes, as nginx has it: to the first file among the logs, so that nobody's terminal is held. */
function openErrorLog(logs: readonly ErrorLog[]): number {
  const isStderr = logs.some(({ sink }) => sink.kind === 'stderr');
  const [path] = logs.flatMap(({ sink }) => (sink.kind === 'file' && typeof sink.path === 'string' ? [sink.path] : []));
  if (isStderr || path === undefined) {
    return STANDARD_ERROR;
  }
  try {
    return openForAppending(path);
  } catch {
    // The daemon opens it too, and says what is in the way.
    return STANDARD_ERROR;
  }
}

function newReports(startLog: StartLog): ServeReports {
  return {
    onFaults: (messages) => {
      for (const message of messages) {
        startLog.say('emerg', message);
      }
    },
    onWait: (text) => startLog.say('warn', text),
    onStarted: ({ certificates, edgeThreads, startMs }, log) => {
      for (const warning of certificates?.warnings ?? []) {
        startLog.say('warn', warning);
      }
      log.say('notice', programName(readVersion()));
      const threads = `${edgeThreads} edge thread${edgeThreads === 1 ? '' : 's'}`;
      log.say('notice', `start worker processes: ${threads}, after ${Math.round(startMs)} ms`);
      tellDaemonRuns();
    },
    onGivenUp: (error, traceback, log) => {
      startLog.say('emerg', error);
      log.say('emerg', traceback === '' ? error : `${error}\n${traceback}`);
    },
  };
}
