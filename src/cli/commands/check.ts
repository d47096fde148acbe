/** `portico check`: all that is wrong in a file, and all that is risky. */

import { resolve } from 'node:path';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { currentFolder, NO_FOLDER } from '../../supervisor/current-folder.ts';
import { checkCertificates } from '../files/check-certificates.ts';
import { FAULTY, readFileArguments, SOUND } from '../files/file-command.ts';
import { readAnyFile } from '../files/read-any-file.ts';
import { countsOf, exitCodeOf, jsonOf, renderAsText } from '../files/told-diagnostics.ts';
import { CHECK_HELP } from '../help/check-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

const COMMAND = { name: 'check', options: ['--format'] } as const;

/** Resolves with the exit code. */
export async function check({ args, env }: Invocation, terminal: Terminal): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(CHECK_HELP);
    return SOUND;
  }
  const read = readFileArguments(args, COMMAND);
  const format = read.ok ? (read.value.options.get('--format') ?? 'text') : 'text';
  const cwd = currentFolder(env);
  if (!read.ok || read.value.files.length === 0 || !['text', 'json'].includes(format) || cwd === undefined) {
    const fault = !read.ok
      ? read.fault
      : cwd === undefined
        ? `portico: ${NO_FOLDER}.`
        : read.value.files.length === 0
          ? 'portico check: which file? Name an nginx.conf, a site of one, or a portico.toml.'
          : `portico check: --format is text or json, and not "${format}".`;
    terminal.error(`${fault}\n`);
    return FAULTY;
  }
  const all: Diagnostic[] = [];
  const sources: ((file: string) => string | undefined)[] = [];
  for (const file of read.value.files) {
    const path = resolve(cwd, file);
    const read = await readAnyFile(path, env, { wantsTraps: true });
    all.push(...read.diagnostics);
    if (read.model !== undefined) {
      all.push(...(await checkCertificates(read.model, path, read)));
    }
    sources.push(read.textOf);
  }
  const textOf = (file: string): string | undefined => {
    for (const source of sources) {
      const text = source(file);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  if (format === 'json') {
    terminal.out(`${JSON.stringify({ diagnostics: all.map(jsonOf), counts: countsOf(all) }, undefined, 2)}\n`);
  } else {
    terminal.out(renderAsText(all, textOf, cwd));
  }
  return exitCodeOf(all);
}
