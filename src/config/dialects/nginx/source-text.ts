/** Text in which nginx's language is written: a file, or what `-g` says. Positions in it become places. */

import type { Place } from '../../place.ts';
import { decodeUtf8 } from './decode-utf8.ts';

export interface SourceText {
  /** The path, as nginx would name it; `-g` for the command line. */
  readonly name: string;
  readonly kind: 'file' | 'parameter';
  /** A byte that is not UTF-8 is a lone surrogate, U+DC00 + the byte. */
  readonly text: string;
  /** Where it is included: line and column in each of the files around it, the outermost first. Sorts what is told in the order of reading. */
  readonly trail: readonly number[];
}

export function sourceFile(name: string, bytes: Buffer, trail: readonly number[] = []): SourceText {
  return { name, kind: 'file', text: decodeUtf8(bytes), trail };
}

export function sourceParameter(text: string): SourceText {
  return { name: '-g', kind: 'parameter', text, trail: [] };
}

export function placeIn(source: SourceText, line: number, column: number, length: number): Place {
  return source.kind === 'parameter'
    ? { kind: 'flag', name: source.name }
    : { kind: 'file', file: source.name, line, column, length };
}
