/** Makes a function of a format, once: what is done for each request is to ask for the values and to escape them. */

import type { AccessFormat, Atom, FormatPart, FormatWords } from '../../config/access-format/access-format.ts';
import { readParts } from '../../config/access-format/parse-access-format.ts';
import type { Entry, Value } from './atoms.ts';
import { compileAtom, NOTHING_AT_ALL } from './atoms.ts';
import { escapeBytesForJson } from './line.ts';

/** `fields`: those of every response, rendered. Throws if the format is none, which was checked where it was set. */
export function compileFormat(format: AccessFormat & { readonly words: FormatWords }, fields: string): Value {
  const parts = readParts(format);
  if (!parts.ok) {
    throw new Error(parts.fault);
  }
  const protect = isJson(format.text) ? escapeForJson : escapeForLine;
  const values = merge(parts.value).map((part) => compilePart(part, fields, protect));
  return (entry) => {
    let line = '';
    for (const value of values) {
      line += value(entry);
    }
    return `${line}\n`;
  };
}

/** A format that is an object in JSON, as people write it who have no other way to JSON, is to stay one whatever a client sends. */
function isJson(text: string): boolean {
  return text.startsWith('{') && text.endsWith('}');
}

/** Texts that follow one another become one. */
function merge(parts: readonly FormatPart[]): FormatPart[] {
  const merged: FormatPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') {
      merged[merged.length - 1] = { kind: 'text', text: last.text + part.text };
    } else {
      merged.push(part);
    }
  }
  return merged;
}

function compilePart(part: FormatPart, fields: string, protect: (text: string) => string): Value {
  if (part.kind === 'text') {
    // The log's bytes are UTF-8, and its strings have a character for each byte.
    const bytes = Buffer.from(part.text).latin1Slice();
    return () => bytes;
  }
  const value = compileAtom(part, fields);
  return pad(
    part,
    conditional(part, (entry) => shown(value(entry), protect)),
  );
}

function shown(text: string, protect: (text: string) => string): string {
  if (text === '') {
    return '-';
  }
  return text === NOTHING_AT_ALL ? '' : protect(text);
}

function conditional({ condition }: Atom, value: Value): Value {
  if (condition === undefined) {
    return value;
  }
  const { statuses, isNegated } = condition;
  return (entry: Entry) => (statuses.includes(entry.exchange.status) === isNegated ? '-' : value(entry));
}

function pad({ width, isLeft, fillsWithZeros }: Atom, value: Value): Value {
  if (width === 0) {
    return value;
  }
  return isLeft
    ? (entry) => value(entry).padEnd(width)
    : (entry) => value(entry).padStart(width, fillsWithZeros ? '0' : ' ');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const UNSAFE = /[\x00-\x1f"\\\x7f-\xff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const EACH_UNSAFE = /[\x00-\x1f"\\\x7f-\xff]/g;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** As Apache does: `\"`, `\\`, `\n`, and `\xHH` for other controls and what is not ASCII. */
export function escapeForLine(text: string): string {
  return UNSAFE.test(text)
    ? text.replace(EACH_UNSAFE, (character) => SHORT[character] ?? `\\x${hex(character).padStart(2, '0')}`)
    : text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const UNSAFE_IN_JSON = /[\x00-\x1f"\\]/g;

/** The inside of a string of JSON. Apache's escapes are none there, so the whole line could not be read. */
export function escapeForJson(text: string): string {
  return UNSAFE.test(text)
    ? escapeBytesForJson(
        text.replace(UNSAFE_IN_JSON, (character) =>
          character === '"' || character === '\\' ? `\\${character}` : `\\u${hex(character).padStart(4, '0')}`,
        ),
      )
    : text;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16);
}
