/** `portico convert`: the portico.toml that does what another file says. */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { writeTomlModel } from '../../config/toml/write-model.ts';
import { defaultModel } from '../files/default-model.ts';
import { FAULTY, SOUND, WARNED } from '../files/file-command.ts';
import { readSoundFile } from '../files/read-sound-file.ts';
import { nothingSaid } from '../files/show-config.ts';
import { jsonOf, renderDiagnostics } from '../files/told-diagnostics.ts';
import { CONVERT_HELP } from '../help/convert-help.ts';
import type { Invocation } from '../invocation.ts';
import { memoryBytes } from '../memory.ts';
import type { Terminal } from '../terminal.ts';

const COMMAND = { name: 'convert', options: ['--output', '--format'] } as const;

/** What a file says and Portico does not do: no other file can say it either. */
const UNSAID = new Set(['nginx.later', 'nginx.refused']);

/** Resolves with the exit code. */
export async function convert(invocation: Invocation, terminal: Terminal): Promise<number> {
  if (invocation.args.includes('--help') || invocation.args.includes('-h')) {
    terminal.out(CONVERT_HELP);
    return SOUND;
  }
  const file = await readSoundFile(invocation, COMMAND);
  if (!file.ok) {
    terminal.error(file.fault);
    return FAULTY;
  }
  const { model, read, options, isJson, cwd } = file.value;
  const machine = { env: invocation.env, coreCount: availableParallelism(), memoryBytes: memoryBytes() };
  const { text, notes } = writeTomlModel(model, nothingSaid(defaultModel(machine, '/')));
  const unsaid = read.diagnostics.filter(({ code }) => UNSAID.has(code));
  const output = options.get('--output');
  const fault = output === undefined ? undefined : writeFile(resolve(cwd, output), text);
  if (fault !== undefined) {
    terminal.error(`portico convert: ${output ?? ''}: ${fault}.\n`);
    return FAULTY;
  }
  if (isJson) {
    terminal.out(
      `${JSON.stringify({ toml: text, unsaid: [...unsaid.map(jsonOf), ...notes.map(noteOf)] }, undefined, 2)}\n`,
    );
  } else {
    if (output === undefined) terminal.out(text);
    terminal.error(renderNotes(unsaid, notes, (shown) => renderDiagnostics(shown, read.textOf, cwd)));
  }
  return unsaid.length + notes.length === 0 ? SOUND : WARNED;
}

function noteOf(note: string): Readonly<Record<string, unknown>> {
  return { file: null, line: null, column: null, message: note };
}

function renderNotes(
  unsaid: readonly Diagnostic[],
  notes: readonly string[],
  render: (diagnostics: readonly Diagnostic[]) => string,
): string {
  return [...(unsaid.length === 0 ? [] : [render(unsaid)]), ...notes.map((note) => `warning: ${note}.\n`)].join('\n');
}

/** What stands in a file of this name already may be somebody's work. */
function writeFile(path: string, text: string): string | undefined {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EEXIST'
      ? 'the file is there already; name another one, or remove it'
      : `it cannot be written (${code})`;
  }
}
