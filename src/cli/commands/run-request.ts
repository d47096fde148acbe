/** Starts the supervisor, or only checks the application, and says what became of it. */

import { availableParallelism } from 'node:os';
import { serveModel } from '../../config/serve-model.ts';
import type { ServeOptions, ServeRequest } from '../../config/serve-options.ts';
import { tlsFault } from '../../config/tls-settings.ts';
import { currentFolder, NO_FOLDER } from '../../supervisor/current-folder.ts';
import { becomeInit } from '../../supervisor/init.ts';
import type { ServeReports } from '../../supervisor/main.ts';
import { supervise } from '../../supervisor/main.ts';
import type { ModelSource } from '../../supervisor/model-reload.ts';
import type { Surroundings } from '../../supervisor/service-manager.ts';
import { readVersion } from '../../supervisor/version.ts';
import { newServerReports } from '../announce/server-reports.ts';
import type { Detached } from '../detached.ts';
import { memoryBytes } from '../memory.ts';
import type { Terminal } from '../terminal.ts';

/** Settings that cannot be as they are. */
const SETTINGS_FAULT = 2;
/** What a check does not touch: whoever asks for it has perhaps a server that runs with the same settings. */
const NOTHING_OPEN: Partial<ServeOptions> = { binds: [], insecureBinds: [], accessLog: '', pidFile: '' };

async function writeConfig(request: ServeRequest, { env }: Surroundings, terminal: Terminal): Promise<number> {
  const cwd = currentFolder(env);
  if (cwd === undefined) {
    terminal.error(`portico: ${NO_FOLDER}.\n`);
    return SETTINGS_FAULT;
  }
  const { defaultModel } = await import('../files/default-model.ts');
  const { showConfig } = await import('../files/show-config.ts');
  const machine = { env, coreCount: availableParallelism(), memoryBytes: memoryBytes() };
  showConfig(serveModel(request, cwd), defaultModel(machine, cwd), terminal);
  return 0;
}

/** Resolves with the exit code. `source`: reads again what was asked for, at a reload. */
export async function runRequest(
  request: ServeRequest,
  surroundings: Surroundings,
  terminal: Terminal,
  source?: ModelSource,
): Promise<number> {
  const { options } = request;
  if (options.showConfig) {
    return writeConfig(request, surroundings, terminal);
  }
  const isDetached = request.process?.isDaemon === true && !options.checkOnly;
  const loaded = isDetached ? await import('../detached.ts') : undefined;
  if (loaded?.isStarter(surroundings) === true) {
    return loaded.startDetached(options.logFile, terminal);
  }
  if (!options.checkOnly && !isDetached) {
    becomeInit(surroundings.manager);
  }
  const cwd = currentFolder(surroundings.env);
  const fault = cwd === undefined ? NO_FOLDER : tlsFault(options);
  // What a check says is told as to a person, whoever reads it, and stands in no log.
  const reports = options.checkOnly
    ? newServerReports({ ...options, logFile: '' }, { ...terminal, isWatched: true }, readVersion())
    : reportsOf(options, terminal, loaded?.detached(terminal, options));
  if (cwd === undefined || fault !== undefined) {
    reports.onFaults([fault ?? NO_FOLDER]);
    return SETTINGS_FAULT;
  }
  if (!options.checkOnly) {
    const tell = (text: string): void => reports.onWait(text);
    return supervise(serveModel(request, cwd), cwd, { ...surroundings, tell }, reports, source);
  }
  const { checkSite } = await import('../../supervisor/check.ts');
  const { announceCheck } = await import('../announce/announce.ts');
  const { renderBlock } = await import('../announce/summary.ts');
  const model = serveModel({ ...request, options: { ...options, ...NOTHING_OPEN } }, cwd);
  return checkSite({ ...model, listeners: [] }, cwd, surroundings, {
    ...reports,
    onFound: (found) => terminal.out(renderBlock(announceCheck(found), false)),
  });
}

function reportsOf(options: ServeOptions, terminal: Terminal, detached: Detached | undefined): ServeReports {
  const reports = newServerReports(options, detached?.terminal ?? terminal, readVersion());
  return detached?.reports(reports) ?? reports;
}
