/** `portico run`: runs the server that a portico.toml describes. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { isFaulty } from '../../config/diagnostic.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import { renderPlace } from '../../config/place.ts';
import { renderWithExcerpt, SourceLines } from '../../config/source-excerpt.ts';
import { readTomlModel } from '../../config/toml/read-model.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { currentFolder, NO_FOLDER } from '../../supervisor/current-folder.ts';
import { becomeInit } from '../../supervisor/init.ts';
import { supervise } from '../../supervisor/main.ts';
import type { ModelSource } from '../../supervisor/model-reload.ts';
import { readVersion } from '../../supervisor/version.ts';
import { newServerReports } from '../announce/server-reports.ts';
import { inWordsOfFile } from '../announce/words-of-file.ts';
import { adviseOnCommand } from '../dialects/habit-hints.ts';
import { defaultModel } from '../files/default-model.ts';
import { withPlace } from '../files/path-place.ts';
import { TOML_FILES } from '../files/toml-files.ts';
import { RUN_FILE, RUN_HELP } from '../help/run-help.ts';
import type { Invocation } from '../invocation.ts';
import { memoryBytes } from '../memory.ts';
import type { Terminal } from '../terminal.ts';

const USAGE = 2;

/** Resolves with the exit code. */
export async function run({ args, ...surroundings }: Invocation, terminal: Terminal): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(RUN_HELP);
    return 0;
  }
  const { env } = surroundings;
  const machine = { env, coreCount: availableParallelism(), memoryBytes: memoryBytes() };
  const [named = RUN_FILE, ...more] = args;
  const flag = args.find((arg) => arg.startsWith('-'));
  // `flask run`, `fastapi run` and their like name an application and flags.
  const isForeign = flag !== undefined || (!named.endsWith('.toml') && !existsSync(named));
  const advice = isForeign ? adviseOnCommand(['run', ...args], machine) : undefined;
  if (advice !== undefined) {
    terminal.error(advice);
    return USAGE;
  }
  if (flag !== undefined || more.length > 0) {
    terminal.error(
      `portico run: "${flag ?? more[0]}" is not known. It takes the path of one file; what else there is to say stands in that.\n`,
    );
    return USAGE;
  }
  const cwd = currentFolder(surroundings.env);
  if (cwd === undefined) {
    terminal.error(`portico: ${NO_FOLDER}.\n`);
    return USAGE;
  }
  const file = resolve(cwd, named);
  if (!existsSync(file)) {
    terminal.error(
      `portico run: there is no ${file}. Write one (ten lines are enough), or have it written: "portico serve APP --show-config".\n`,
    );
    return USAGE;
  }
  const read = () => readTomlModel(file, { ...TOML_FILES, env, defaults: defaultModel(machine, cwd) });
  const { model, diagnostics, files } = await read();
  const lines = new SourceLines(textOf);
  terminal.error(diagnostics.map((each) => renderWithExcerpt(each, lines)).join(''));
  if (model === undefined || isFaulty(diagnostics)) {
    return USAGE;
  }
  const loaded = model.process.isDaemon ? await import('../detached.ts') : undefined;
  if (loaded?.isStarter(surroundings) === true) {
    return loaded.startDetached(model.process.logFile, terminal);
  }
  if (loaded === undefined) {
    becomeInit(surroundings.manager);
  }
  const detached = loaded?.detached(terminal, model.process);
  const told = newServerReports(model.process, detached?.terminal ?? terminal, readVersion(), (text) =>
    withPlace(inWordsOfFile(text), files, textOf),
  );
  const reports = detached?.reports(told) ?? told;
  const source: ModelSource = async () => {
    const again = await read();
    return again.model === undefined
      ? failure(again.diagnostics.map((each) => `${renderPlace(each.place)}: ${each.message}`))
      : success(titled(again.model, named));
  };
  const tell = (text: string): void => reports.onWait(text);
  return supervise(titled(model, named), cwd, { ...surroundings, tell }, reports, source);
}

function textOf(file: string): string | undefined {
  const text = TOML_FILES.readText(file);
  return text.ok ? text.value : undefined;
}

function titled(model: ServerModel, file: string): ServerModel {
  return { ...model, process: { ...model.process, title: `portico run ${file}` } };
}
