/** Diagnostics as a person can read them: of a hundred that say the same, a few are shown, and where the others are. Programs are given all of them. */

import type { Diagnostic, Severity } from '../../config/diagnostic.ts';
import { NOT_RUN } from '../nginx/nginx-faults.ts';

/** How many traps of one code are shown. All other codes are of the language: each of their messages says something of its own. */
const SHOWN_MAX: Readonly<Record<Severity, number>> = { error: 10, warning: 10, info: 3 };
/** Places that are named of those that are not shown. */
const PLACES_MAX = 10;

export function foldDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return foldCodes(foldRepeated(diagnostics));
}

/** Of what does not run here one is shown for all that say the same word by word: a file that proxies has dozens. */
function foldRepeated(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const keyOf = ({ code, message, place }: Diagnostic): string | undefined =>
    NOT_RUN.has(code) ? `${code} ${message} ${place.kind === 'file' ? place.file : ''}` : undefined;
  return fold(
    diagnostics,
    keyOf,
    () => 1,
    (last, rest) => ({
      ...last,
      message: `${last.message} (also ${placesOf(last, rest)})`,
    }),
  );
}

function foldCodes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const keyOf = ({ code }: Diagnostic): string | undefined => (code.startsWith('trap.') ? code : undefined);
  return fold(
    diagnostics,
    keyOf,
    ({ severity }) => SHOWN_MAX[severity],
    (last, rest) => ({
      ...last,
      hint: `${last.hint === undefined ? '' : `${last.hint}\n`}… and ${rest.length} more of these, at ${placesOf(last, rest)}`,
    }),
  );
}

/** Of those with one key the first stay, as many as `shownMax` says, and the last of these speaks for the rest. */
function fold(
  diagnostics: readonly Diagnostic[],
  keyOf: (diagnostic: Diagnostic) => string | undefined,
  shownMax: (diagnostic: Diagnostic) => number,
  speakFor: (last: Diagnostic, rest: readonly Diagnostic[]) => Diagnostic,
): readonly Diagnostic[] {
  const kept: Diagnostic[] = [];
  const groups = new Map<string, { count: number; at: number; readonly rest: Diagnostic[] }>();
  for (const diagnostic of diagnostics) {
    const key = keyOf(diagnostic);
    const group = groups.get(key ?? '') ?? { count: 0, at: 0, rest: [] };
    if (key !== undefined && group.count >= shownMax(diagnostic)) {
      group.rest.push(diagnostic);
      continue;
    }
    group.count += 1;
    group.at = kept.push(diagnostic) - 1;
    if (key !== undefined) groups.set(key, group);
  }
  for (const { at, rest } of groups.values()) {
    const last = kept[at];
    if (last !== undefined && rest.length > 0) {
      kept[at] = speakFor(last, rest);
    }
  }
  return kept;
}

/** `line 3`, `lines 3, 5`; with names where not all of them are in the file of the one that is shown. */
function placesOf(shown: Diagnostic, rest: readonly Diagnostic[]): string {
  const fileOf = ({ place }: Diagnostic): string => (place.kind === 'file' ? place.file : '');
  const isOneFile = rest.every((each) => fileOf(each) === fileOf(shown));
  const places = rest.flatMap(({ place }) =>
    place.kind === 'file' ? [isOneFile ? String(place.line) : `${place.file}:${place.line}`] : [],
  );
  const named = places.slice(0, PLACES_MAX).join(', ');
  const more = places.length > PLACES_MAX ? ` and ${places.length - PLACES_MAX} more` : '';
  return `${isOneFile ? `line${places.length === 1 ? '' : 's'} ` : ''}${named}${more}`;
}
