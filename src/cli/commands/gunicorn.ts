/** `portico gunicorn`: the command line of gunicorn, and its configuration file. */

import { availableParallelism } from 'node:os';
import { isFaulty } from '../../config/diagnostic.ts';
import { GUNICORN } from '../../config/dialects/gunicorn.ts';
import type { DialectReading } from '../../config/dialects/read-dialect.ts';
import { renderPlace } from '../../config/place.ts';
import { serveModel } from '../../config/serve-model.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { currentFolder, NO_FOLDER } from '../../supervisor/current-folder.ts';
import type { ModelSource } from '../../supervisor/model-reload.ts';
import { renderDialectDiagnostics } from '../dialects/dialect-diagnostics.ts';
import { renderSettings } from '../dialects/gunicorn-print.ts';
import { readGunicorn } from '../dialects/read-gunicorn.ts';
import type { Invocation } from '../invocation.ts';
import { memoryBytes } from '../memory.ts';
import type { Terminal } from '../terminal.ts';
import { runRequest } from './run-request.ts';
import { isQuestion, readText, speak } from './speak.ts';

/** As gunicorn: what is wrong on the command line, and what is wrong elsewhere. */
const USAGE = 2;
const CONFIG_FAULT = 1;

/** Resolves with the exit code. */
export async function gunicorn(invocation: Invocation, terminal: Terminal): Promise<number> {
  if (isQuestion(GUNICORN, invocation.args)) {
    return speak(GUNICORN, invocation, terminal);
  }
  const { args, ...surroundings } = invocation;
  const { env, installation } = surroundings;
  const cwd = currentFolder(env);
  if (cwd === undefined) {
    terminal.error(`portico: ${NO_FOLDER}.\n`);
    return CONFIG_FAULT;
  }
  const machine = {
    env,
    coreCount: availableParallelism(),
    memoryBytes: memoryBytes(),
    hasSockets: surroundings.manager.sockets.length > 0,
  };
  const read = () => readGunicorn({ args, cwd, env, installation, machine, readText });
  const reading = await read();
  if (!reading.ok) {
    const { error, traceback } = reading.fault;
    terminal.error(`${traceback}Error: the configuration file cannot be evaluated: ${error}.\n`);
    return CONFIG_FAULT;
  }
  const { request, diagnostics, settings } = reading.value;
  terminal.error(renderDialectDiagnostics(GUNICORN, diagnostics, request?.options.logLevel));
  if (request === undefined) {
    return isOfFile(reading.value) ? CONFIG_FAULT : USAGE;
  }
  if (settings['print_config'] === true) {
    terminal.out(renderSettings(settings, request.gunicorn?.hooks ?? []));
    return 0;
  }
  const again: ModelSource = async () => {
    const next = await read();
    if (!next.ok) {
      return failure([`${next.fault.traceback}the configuration file cannot be evaluated: ${next.fault.error}`]);
    }
    const faults = next.value.diagnostics.filter((one) => isFaulty([one]));
    return next.value.request === undefined
      ? failure(faults.map(({ place, message }) => `${renderPlace(place)}: ${message}`))
      : success(serveModel(next.value.request, cwd));
  };
  return runRequest(request, surroundings, terminal, again);
}

function isOfFile({ diagnostics }: DialectReading): boolean {
  return diagnostics.some(({ severity, place }) => severity === 'error' && place.kind === 'file');
}
