import { trimSpaces } from './grammar.ts';

/** The elements of a list that may come in several fields; empty ones are skipped (RFC 9110 5.6.1.2). */
export function splitList(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(',').map(trimSpaces)).filter((element) => element !== '');
}
