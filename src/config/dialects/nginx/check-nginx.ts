/** Everything that there is to say of nginx's files: what is wrong with them, and where they are insecure or a known trap. */

import type { Diagnostic } from '../../diagnostic.ts';
import type { NginxReading } from './read-nginx.ts';
import { readNginx } from './read-nginx.ts';
import type { NginxFileReader } from './read-nginx-files.ts';
import { findTraps } from './traps/find-traps.ts';

export interface NginxCheck {
  readonly reading: NginxReading;
  /** In the order of the files. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a whole configuration has, and no piece of one. */
const WHOLE = new Set(['http', 'events', 'stream', 'mail']);
/** A file in which such a block begins a line is read as a whole one first: a thousand sites need not be read twice. */
const LOOKS_WHOLE = /^[ \t]*(?:http|events|stream|mail)[ \t\r\n]*\{/m;
/** Folders beside the configuration file that hold pieces: their relative paths begin where that file is. */
const FOLDERS_OF_PIECES = /^(.*\/)(?:sites-(?:available|enabled)|conf\.d|modules-enabled|snippets)\/[^/]*$/;

/** Who only wants to know what a file says spares the search for traps. */
export interface CheckOptions {
  readonly wantsTraps: boolean;
}

/** `path`: of a whole configuration, or of a piece of one, such as a site alone. */
export function checkNginx(
  path: string,
  reader: NginxFileReader,
  options: CheckOptions = { wantsTraps: true },
): NginxCheck {
  const reading = readWholeOrPiece(path, reader);
  if (!options.wantsTraps) {
    return { reading, diagnostics: inOrder(reading.diagnostics, reading) };
  }
  const wrong = new Set(reading.diagnostics.filter(({ severity }) => severity === 'error').map(lineOf));
  // Of a line that says something else than is meant there is no more to say.
  const traps = findTraps(reading.tree, reading.kind).filter((trap) => !wrong.has(lineOf(trap)));
  return { reading, diagnostics: inOrder([...withoutDoubles(reading.diagnostics, traps), ...traps], reading) };
}

function readWholeOrPiece(path: string, reader: NginxFileReader): NginxReading {
  const bytes = reader.readFile(path);
  if (bytes.ok && LOOKS_WHOLE.test(bytes.value.toString('latin1'))) {
    const whole = readNginx(path, reader);
    if (isWhole(whole)) return whole;
  }
  const confPrefix = FOLDERS_OF_PIECES.exec(path)?.[1];
  const piece = readNginx(path, reader, { isFragment: true, ...(confPrefix === undefined ? {} : { confPrefix }) });
  return isWhole(piece) ? readNginx(path, reader) : piece;
}

function isWhole({ kind, tree }: NginxReading): boolean {
  return kind === 'main' && tree.some(({ name }) => WHOLE.has(name.text));
}

/** What the reader suspects, and a trap says at the same line with a reason. */
function withoutDoubles(told: readonly Diagnostic[], traps: readonly Diagnostic[]): readonly Diagnostic[] {
  const lines = new Set(traps.map(lineOf));
  return told.filter((each) => each.code !== 'nginx.suspicious' || !lines.has(lineOf(each)));
}

function lineOf({ place }: Diagnostic): string {
  return place.kind === 'file' ? `${place.file}:${place.line}` : '';
}

function inOrder(all: readonly Diagnostic[], { files }: NginxReading): readonly Diagnostic[] {
  const ranks = new Map(files.map(({ path }, index) => [path, index]));
  const rankOf = ({ place }: Diagnostic): readonly number[] =>
    place.kind === 'file' ? [ranks.get(place.file) ?? files.length, place.line, place.column] : [-1, 0, 0];
  return all.toSorted((a, b) => {
    const [one, other] = [rankOf(a), rankOf(b)];
    const index = one.findIndex((value, at) => value !== other[at]);
    return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
  });
}
