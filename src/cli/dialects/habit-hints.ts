/** What is said to somebody who writes what another server understands: word by word, and then the whole command as it is to be written. */

import { existsSync } from 'node:fs';
import { renderDiagnostic } from '../../config/diagnostic.ts';
import { readServeRequest } from '../../config/read.ts';
import type { Machine } from '../../config/setting.ts';
import type { Translation } from '../../config/translate-habits.ts';
import { renderCommand, translateCommand, translateHabits } from '../../config/translate-habits.ts';

/** For arguments of `portico serve` that have a fault. Undefined: no other server's words are among them. */
export function adviseOnFlags(args: readonly string[], machine: Machine): string | undefined {
  const translation = translateHabits(args);
  return translation.hints.length === 0 ? undefined : renderAdvice(translation, machine);
}

/** For a first word that is no command of ours. */
export function adviseOnCommand(words: readonly string[], machine: Machine): string | undefined {
  const translation = translateCommand(words, isApplication);
  if (translation === undefined) {
    return undefined;
  }
  const [name = ''] = words;
  const what = name.startsWith('-')
    ? 'a command comes first.'
    : isApplication(name)
      ? `"${name}" is no command; an application is served by "portico serve".`
      : name === 'run'
        ? '"portico run" runs what a portico.toml says; an application is served by "portico serve".'
        : `"${name}" is no command here.`;
  return `portico: ${what}\n${renderAdvice(translation, machine)}`;
}

function renderAdvice({ hints, args }: Translation, machine: Machine): string {
  const { request, diagnostics } = readServeRequest(args, machine);
  return [
    ...hints.map(({ at, message }) => `portico: ${at}: ${message}\n`),
    ...diagnostics.map(renderDiagnostic),
    request === undefined ? '' : `portico: write: ${renderCommand(['serve', ...args])}\n`,
  ].join('');
}

function isApplication(word: string): boolean {
  return word.includes(':') || /^[A-Za-z_]\w*(\.\w+)+$/.test(word) || existsSync(word) || existsSync(`${word}.py`);
}
