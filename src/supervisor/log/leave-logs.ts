/** Logs that the edge writes: each is there, and is its user's, before the edge opens it, since that user could make none in a folder of root's. */

import { fstatSync } from 'node:fs';
import type { LogTarget } from '../../config/model/logs.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Identity } from '../privileges.ts';
import { logPaths } from './hidden-logs.ts';
import { closeLogFile, openLogFile } from './log-file.ts';
import { describeOpenFault } from './open-fault.ts';

/**
 * By index in `model.logs`: the descriptor of a pipe or a terminal, which may be open to root alone; null for what the edge opens itself. Throws what is in the way.
 */
export function openLogs({ logs }: ServerModel, identity: Identity | undefined): (number | null)[] {
  return logs.map((log) => openLog(log, identity));
}

function openLog({ sink }: LogTarget, identity: Identity | undefined): number | null {
  // A path with variables names many files, of which none is known yet.
  if (sink.kind !== 'file' || typeof sink.path !== 'string' || sink.path === '-') {
    return null;
  }
  const fd = openLogFile(sink.path, identity);
  if (!fstatSync(fd).isFile()) {
    return fd;
  }
  closeLogFile(fd);
  return null;
}

/** Of sites and locations. Throws what is in the way. */
export function leaveErrorLogs({ scopes }: ServerModel, identity: Identity | undefined): void {
  for (const path of logPaths({ logs: [], scopes })) {
    closeLogFile(openLogFile(path, identity));
  }
}

export function closeLogs(logs: readonly (number | null)[]): void {
  for (const fd of logs) {
    if (fd !== null) {
      closeLogFile(fd);
    }
  }
}

/** After the files were moved away, as `logrotate` with `nocreate` does. Throws what is in the way. */
export function leaveLogs(model: ServerModel, identity: Identity | undefined): void {
  closeLogs(openLogs(model, identity));
  leaveErrorLogs(model, identity);
}

/** Of a new configuration, for an edge that runs and opens them by their paths, and for one that may follow it. */
export function openLogsAgain(
  model: ServerModel,
  identity: Identity | undefined,
): Outcome<readonly (number | null)[], readonly string[]> {
  try {
    leaveErrorLogs(model, identity);
    return success(openLogs(model, identity));
  } catch (error) {
    return failure([describeOpenFault(model.process.manner, '--access-log', error)]);
  }
}
