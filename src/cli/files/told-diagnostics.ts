/** Diagnostics of files as a command tells them: as text for people, as JSON for programs. */

import { relative, resolve } from 'node:path';
import type { Diagnostic, Severity } from '../../config/diagnostic.ts';
import type { TextOf } from '../../config/source-excerpt.ts';
import { renderWithExcerpt, SEVERITY_WORDS, SourceLines } from '../../config/source-excerpt.ts';
import { FAULTY, SOUND, WARNED } from './file-command.ts';
import { foldDiagnostics } from './fold-diagnostics.ts';

export function exitCodeOf(diagnostics: readonly Diagnostic[]): number {
  const has = (severity: Severity): boolean => diagnostics.some((each) => each.severity === severity);
  return has('error') ? FAULTY : has('warning') ? WARNED : SOUND;
}

/** All of them, and how many there are. */
export function renderAsText(diagnostics: readonly Diagnostic[], textOf: TextOf, cwd: string): string {
  const text = renderDiagnostics(diagnostics, textOf, cwd);
  return `${text}${text === '' ? '' : '\n'}${summaryOf(diagnostics)}\n`;
}

export function renderDiagnostics(diagnostics: readonly Diagnostic[], textOf: TextOf, cwd: string): string {
  const shown = foldDiagnostics(diagnostics.map((each) => withName(each, cwd)));
  const lines = new SourceLines((file) => textOf(resolve(cwd, file)));
  return shown.map((each) => renderWithExcerpt(each, lines)).join('\n');
}

export function countsOf(diagnostics: readonly Diagnostic[]): Readonly<Record<string, number>> {
  const counts = (['error', 'warning', 'info'] as const).map(
    (severity) => [SEVERITY_WORDS[severity], diagnostics.filter((each) => each.severity === severity).length] as const,
  );
  return Object.fromEntries(counts);
}

/** Places of files have a line; what is said by the file as a whole has none. */
export function jsonOf({ severity, code, place, message, hint }: Diagnostic): Readonly<Record<string, unknown>> {
  const where =
    place.kind === 'file'
      ? { file: place.file, line: place.line, column: place.column, length: place.length }
      : { file: null, line: null, column: null, length: null };
  const lines = hint === undefined ? {} : { hint: hint.split('\n').join(' ') };
  return { ...where, severity: SEVERITY_WORDS[severity], code, message, ...lines };
}

function summaryOf(diagnostics: readonly Diagnostic[]): string {
  const parts = Object.entries(countsOf(diagnostics))
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}${count === 1 ? '' : 's'}`);
  return parts.length === 0 ? 'Nothing is wrong.' : `${parts.join(', ')}.`;
}

/** As short as it can be written from where the reader is. */
function withName(diagnostic: Diagnostic, cwd: string): Diagnostic {
  const { place } = diagnostic;
  if (place.kind !== 'file' || !place.file.startsWith('/')) {
    return diagnostic;
  }
  const name = relative(cwd, place.file);
  return name.startsWith('..') ? diagnostic : { ...diagnostic, place: { ...place, file: name } };
}
