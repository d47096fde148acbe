/** How what is wrong with nginx's files is gathered: from several passes, and told in the order of the files. */

import type { Diagnostic, Severity } from '../../diagnostic.ts';
import type { NginxCode } from '../../diagnostic-codes.ts';
import type { Place } from '../../place.ts';
import type { SourceText } from './source-text.ts';

/** A function where it takes long to find out: it is asked only if the fault is kept. */
export type Hint = string | (() => string | undefined);

/** `message` is in nginx's words, without the place; `hint` has what nginx would not say, in whole sentences. */
export type NginxReport = (
  code: NginxCode,
  place: Place,
  message: string,
  more?: { readonly hint?: Hint | undefined; readonly severity?: Severity },
) => void;

/**
 * Of each severity: a file of another kind that is included by mistake has a fault in every line, and a thousand sites say `sendfile on`. Who
 * mends a thousand reads the next ones then; notices take no place from errors.
 */
const DIAGNOSTICS_MAX = 1000;

/** A message that quotes a regex of a megabyte says no more than its beginning. */
const MESSAGE_CHARACTERS_MAX = 2000;

/** Files and variables of the rest of the configuration, which may be on another machine. */
const UNKNOWN_OF_FRAGMENTS: readonly NginxCode[] = ['nginx.file', 'nginx.unknown-variable'];

export class Diagnostics {
  readonly #all: Diagnostic[] = [];
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  /** A file that is included twice has its faults once. */
  readonly #keys = new Set<string>();
  readonly #trails = new Map<string, readonly number[]>();

  /** What cannot be known where a piece of a configuration is looked at alone: told as a warning. */
  readonly #unsure: ReadonlySet<NginxCode>;

  constructor(isFragment = false) {
    this.#unsure = new Set(isFragment ? UNKNOWN_OF_FRAGMENTS : []);
  }

  readonly report: NginxReport = (code, place, said, more = {}) => {
    const { hint } = more;
    const message = said.length > MESSAGE_CHARACTERS_MAX ? `${said.slice(0, MESSAGE_CHARACTERS_MAX)}…` : said;
    const severity = more.severity ?? (this.#unsure.has(code) && place.kind === 'file' ? 'warning' : 'error');
    const kept = this.#counts[severity];
    if (kept === DIAGNOSTICS_MAX) {
      return;
    }
    const key = JSON.stringify([code, place, message]);
    if (!this.#keys.has(key)) {
      this.#counts[severity] = kept + 1;
      this.#keys.add(key);
      const told = typeof hint === 'function' ? hint() : hint;
      this.#all.push({ severity, code, place, message, ...(told === undefined ? {} : { hint: told }) });
    }
  };

  /** A file that is included twice is told where it is included first. */
  addSource({ name, trail }: SourceText): void {
    if (!this.#trails.has(name)) {
      this.#trails.set(name, trail);
    }
  }

  /** In the order in which the files are read. */
  all(): readonly Diagnostic[] {
    const positions = new Map(this.#all.map((diagnostic) => [diagnostic, this.#positionOf(diagnostic.place)]));
    return this.#withoutConsequences().toSorted((a, b) =>
      comparePositions(positions.get(a) ?? [], positions.get(b) ?? []),
    );
  }

  /** A location is outside of the one around it because that one is not closed, which is told by itself. */
  #withoutConsequences(): readonly Diagnostic[] {
    const unclosed = this.#all.find(
      ({ code, message }) => code === 'nginx.unexpected-end' && message.endsWith('expecting "}"'),
    );
    const from = unclosed?.place;
    if (from?.kind !== 'file') {
      return this.#all;
    }
    return this.#all.filter(
      ({ code, place, message }) =>
        code !== 'nginx.conflict' ||
        !message.includes(' is outside location ') ||
        place.kind !== 'file' ||
        place.file !== from.file ||
        place.line < from.line,
    );
  }

  #positionOf(place: Place): readonly number[] {
    return place.kind === 'file' ? [...(this.#trails.get(place.file) ?? []), place.line, place.column] : [];
  }
}

function comparePositions(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? a.length - b.length : (a[index] ?? 0) - (b[index] ?? -1);
}
