/** The one file of a command that needs a server without faults: read, or told why not. */

import { resolve } from 'node:path';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { currentFolder, NO_FOLDER } from '../../supervisor/current-folder.ts';
import type { Invocation } from '../invocation.ts';
import type { FileCommand } from './file-command.ts';
import { readFileArguments } from './file-command.ts';
import type { ReadServerFile } from './read-any-file.ts';
import { readAnyFile } from './read-any-file.ts';
import { renderAsText } from './told-diagnostics.ts';

export interface SoundFile {
  readonly read: ReadServerFile;
  readonly model: ServerModel;
  readonly options: ReadonlyMap<string, string>;
  readonly isJson: boolean;
  readonly cwd: string;
}

/** The failure is what is to be printed. */
export async function readSoundFile(
  { args, env }: Pick<Invocation, 'args' | 'env'>,
  command: FileCommand,
): Promise<Outcome<SoundFile>> {
  const said = readFileArguments(args, command);
  if (!said.ok) {
    return failure(`${said.fault}\n`);
  }
  const { files, options } = said.value;
  const cwd = currentFolder(env);
  const [file, ...more] = files;
  if (cwd === undefined) {
    return failure(`portico: ${NO_FOLDER}.\n`);
  }
  if (file === undefined || more.length > 0) {
    return failure(`portico ${command.name}: name one file: an nginx.conf, a site of one, or a portico.toml.\n`);
  }
  const format = options.get('--format') ?? 'text';
  if (format !== 'text' && format !== 'json') {
    return failure(`portico ${command.name}: --format is text or json, and not "${format}".\n`);
  }
  const read = await readAnyFile(resolve(cwd, file), env, { wantsTraps: false });
  if (read.model === undefined) {
    const errors = read.diagnostics.filter(({ severity }) => severity === 'error');
    return failure(renderAsText(errors, read.textOf, cwd));
  }
  return success({ read, model: read.model, options, isJson: format === 'json', cwd });
}
