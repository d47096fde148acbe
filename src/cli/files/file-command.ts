/** The command lines of commands that read files and tell of them: files, and options that each command names. */

import { nearestWord } from '../../config/nearest.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

/** What `--help` of the command shows, and the options that take a value. */
export interface FileCommand {
  readonly name: string;
  readonly options: readonly string[];
}

export interface FileArguments {
  readonly files: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/** Nothing is wrong, or there are hints alone; there are warnings; there are errors, or the command line is none. */
export const SOUND = 0;
export const WARNED = 1;
export const FAULTY = 2;

const SHORTHANDS: ReadonlyMap<string, string> = new Map([['--json', '--format=json']]);

export function readFileArguments(args: readonly string[], { name, options }: FileCommand): Outcome<FileArguments> {
  const files: string[] = [];
  const said = new Map<string, string>();
  let open: string | undefined;
  for (const arg of args) {
    if (open !== undefined) {
      said.set(open, arg);
      open = undefined;
      continue;
    }
    if (!arg.startsWith('-')) {
      files.push(arg);
      continue;
    }
    const [written = '', value] = (SHORTHANDS.get(arg) ?? arg).split(/=(.*)/s);
    const flag = written === '-o' ? '--output' : written;
    if (!options.includes(flag)) {
      const nearest = nearestWord(flag, options);
      const question = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
      return failure(`portico ${name}: there is no option "${written}".${question}`);
    }
    if (value === undefined) {
      open = flag;
    } else {
      said.set(flag, value);
    }
  }
  if (open !== undefined) {
    return failure(`portico ${name}: ${open} needs a value.`);
  }
  return success({ files, options: said });
}
