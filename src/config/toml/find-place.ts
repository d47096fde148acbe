/** Where in the text of a TOML file a value stands. Asked for only when there is a fault to be told. */

import type { AST } from 'toml-eslint-parser';
import { ParseError, parseTOML } from 'toml-eslint-parser';
import type { Path } from './kind.ts';

/** Counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
  /** Characters, for a caret; what goes on in other lines is not counted. */
  readonly length: number;
}

const TOP: TextPlace = { line: 1, column: 1, length: 1 };

/** The places of values by their paths; for a value that is not there, the place of what it would stand in. */
export function placesIn(text: string): (path: Path, at?: 'key') => TextPlace {
  const places = new Map<string, TextPlace>();
  const keys = new Map<string, TextPlace>();
  for (const statement of statementsOf(text)) {
    if (statement.type === 'TOMLTable') {
      const path = statement.resolvedKey;
      note(places, path, statement.key.loc);
      note(keys, path, statement.key.loc);
      noteAround({ places, keys }, path, { from: 0, loc: statement.key.loc });
      for (const pair of statement.body) {
        notePair({ places, keys }, path, pair);
      }
    } else {
      notePair({ places, keys }, [], statement);
    }
  }
  return (path, at) => {
    const key = at === 'key' ? keys.get(keyOf(path)) : undefined;
    if (key !== undefined) {
      return key;
    }
    for (let length = path.length; length > 0; length -= 1) {
      const place = places.get(keyOf(path.slice(0, length)));
      if (place !== undefined) {
        return place;
      }
    }
    return TOP;
  };
}

/** The values were read by another parser, which may take for TOML what this one does not: then no place is known, and the fault is told all the same. */
function statementsOf(text: string): AST.TOMLTopLevelTable['body'] {
  try {
    return parseTOML(text, { tomlVersion: '1.1' }).body[0].body;
  } catch (error) {
    if (error instanceof ParseError) {
      return [];
    }
    throw error;
  }
}

function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}

function note(places: Map<string, TextPlace>, path: Path, loc: AST.SourceLocation): void {
  const { start, end } = loc;
  const key = keyOf(path);
  if (!places.has(key)) {
    const length = end.line === start.line ? end.column - start.column : 1;
    places.set(key, { line: start.line, column: start.column + 1, length });
  }
}

interface Noted {
  readonly places: Map<string, TextPlace>;
  readonly keys: Map<string, TextPlace>;
}

function notePair(noted: Noted, inside: Path, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map((each) => (each.type === 'TOMLBare' ? each.name : each.value));
  const path = [...inside, ...names];
  // Of a table the key is shown, of everything else the value.
  note(noted.places, path, value.type === 'TOMLInlineTable' ? key.loc : value.loc);
  note(noted.keys, path, key.loc);
  noteAround(noted, path, { from: inside.length, loc: key.loc });
  noteValue(noted, path, value);
}

/** A table that has no line of its own stands where the first of what is in it does: `a` of `a.b = 2`, and of `[a.b]`. */
function noteAround(
  { places, keys }: Noted,
  path: Path,
  { from, loc }: { readonly from: number; readonly loc: AST.SourceLocation },
): void {
  for (let length = path.length - 1; length > from; length -= 1) {
    note(places, path.slice(0, length), loc);
    note(keys, path.slice(0, length), loc);
  }
}

function noteValue(noted: Noted, path: Path, value: AST.TOMLContentNode): void {
  if (value.type === 'TOMLInlineTable') {
    for (const pair of value.body) {
      notePair(noted, path, pair);
    }
  } else if (value.type === 'TOMLArray') {
    for (const [index, element] of value.elements.entries()) {
      note(noted.places, [...path, index], element.loc);
      noteValue(noted, [...path, index], element);
    }
  }
}
