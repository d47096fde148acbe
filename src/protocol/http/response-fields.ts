/**
 * The fields of a response: lines for who reads and edits them (filters, compression, HTTP/2's tables), text for HTTP/1.1, which sends it as it is.
 * Whichever was there first is kept, and the other is made of it once, when somebody asks. Immutable: an edit is a new object, so whoever derives
 * something from a section of fields may key a WeakMap by it. Tests compare `text`: `deepEqual` sees nothing of a private field.
 */

import type { Field } from './fields.ts';
import { isFieldValue, isToken, trimSpaces } from './grammar.ts';

export class ResponseFields {
  #text: string | undefined;
  #lines: readonly Field[] | undefined;
  #hasDate: boolean | undefined;

  /** Use `fieldsOf` or `fieldsOfLines`. */
  constructor(text: string | undefined, lines: readonly Field[] | undefined, hasDate: boolean | undefined) {
    this.#text = text;
    this.#lines = lines;
    this.#hasDate = hasDate;
  }

  /** Each line `Name: value`, ended by CRLF. */
  get text(): string {
    this.#text ??= (this.#lines ?? []).map(renderLine).join('');
    return this.#text;
  }

  get lines(): readonly Field[] {
    this.#lines ??= parseLines(this.#text ?? '');
    return this.#lines;
  }

  get isEmpty(): boolean {
    return this.#lines === undefined ? this.#text === '' : this.#lines.length === 0;
  }

  /** There is a Date among them, so the transport writes none. */
  get hasDate(): boolean {
    this.#hasDate ??= this.#lines === undefined ? DATE_LINE.test(this.#text ?? '') : this.has('date');
    return this.#hasDate;
  }

  has(lower: string): boolean {
    return this.lines.some((line) => line.lower === lower);
  }

  /** The first value of the field. */
  get(lower: string): string | undefined {
    return this.lines.find((line) => line.lower === lower)?.value;
  }

  /** Every value of the field, in order. */
  getAll(lower: string): readonly string[] {
    return this.lines.filter((line) => line.lower === lower).map((line) => line.value);
  }

  /** With one more line, the last. */
  with(name: string, value: string): ResponseFields {
    return this.and(fieldsOfLines([makeLine(name, value)]));
  }

  /** With this line in the place of the first of its name, and no other of that name. */
  set(name: string, value: string): ResponseFields {
    const line = makeLine(name, value);
    const at = this.lines.findIndex(({ lower }) => lower === line.lower);
    if (at === -1) {
      return this.and(fieldsOfLines([line]));
    }
    const rest = this.lines.slice(at + 1).filter(({ lower }) => lower !== line.lower);
    return fieldsOfLines([...this.lines.slice(0, at), line, ...rest]);
  }

  /** Without the lines of these names. The same object if there are none. */
  without(...lowers: readonly string[]): ResponseFields {
    const rest = this.lines.filter(({ lower }) => !lowers.includes(lower));
    return rest.length === this.lines.length ? this : fieldsOfLines(rest);
  }

  /** These, and behind them those. */
  and(more: ResponseFields): ResponseFields {
    if (more.isEmpty) {
      return this;
    }
    if (this.isEmpty) {
      return more;
    }
    return this.#text === undefined
      ? fieldsOfLines([...this.lines, ...more.lines])
      : new ResponseFields(this.#text + more.text, undefined, undefined);
  }
}

const DATE_LINE = /^date:/im;

/** Of text whose lines are good: a constant, or of values that were checked. `hasDate`: if it is known. */
export function fieldsOf(text: string, hasDate?: boolean): ResponseFields {
  return new ResponseFields(text, undefined, hasDate);
}

export function fieldsOfLines(lines: readonly Field[]): ResponseFields {
  return new ResponseFields(undefined, lines, undefined);
}

export const NO_FIELDS: ResponseFields = fieldsOf('', false);

/**
 * A line that stays one line, whatever the value holds of a client's: the characters that RFC 9110 5.5 calls dangerous are replaced by a space (other controls stay, as with
 * nginx, whose `add_header X-URI $uri` shows them), and those that are no byte by a question mark, because writing them as latin-1 would make any byte of them. A name is never a client's: one that
 * is no token is a bug of the caller, and throws.
 */
export function makeLine(name: string, value: string): Field {
  if (!isToken(name)) {
    throw new TypeError(`not the name of a field: ${JSON.stringify(name)}`);
  }
  return { name, lower: name.toLowerCase(), value: trimSpaces(safeValue(value)) };
}

function safeValue(value: string): string {
  const bytes = NO_BYTE.test(value) ? value.replace(NO_BYTES, '?') : value;
  return isFieldValue(bytes) ? bytes : bytes.replace(DANGEROUS, ' ');
}

const NO_BYTE = /[^\0-\xff]/;
const NO_BYTES = /[^\0-\xff]/gu;
/** These split responses. */
const DANGEROUS = /[\0\r\n]/g;

function renderLine({ name, value }: Field): string {
  return `${name}: ${value}\r\n`;
}

function parseLines(text: string): readonly Field[] {
  const lines: Field[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\r\n', from);
    const colon = text.indexOf(':', from);
    const name = text.slice(from, colon);
    lines.push({ name, lower: name.toLowerCase(), value: trimSpaces(text.slice(colon + 1, end)) });
    from = end + 2;
  }
  return lines;
}
