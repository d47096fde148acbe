/**
 * Reads a format of the access log, in Apache's or gunicorn's way of writing, into parts. What is not known, or cannot be had, is refused with its
 * column, because a log that lacks what it is read for is noticed when it is too late.
 */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { PAGES } from '../pages.ts';
import type { AccessFormat, Atom, FormatPart, FormatWords } from './access-format.ts';
import type { Meaning } from './apache-atoms.ts';
import { needsArgument, readApacheAtom } from './apache-atoms.ts';
import { readGunicornAtom } from './gunicorn-atoms.ts';
import { readUwsgiAtom } from './uwsgi-atoms.ts';

/** A format that is longer is a slip, such as a file that was named. */
const FORMAT_LENGTH_MAX = 4096;
const WIDTH_MAX = 200;

/** Formats of Apache's configuration as it is delivered. `combined` is the one that has times and the id of the request behind it. */
export const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['common', '%h %l %u %t "%r" %>s %b'],
  ['vcombined', '%v:%p %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'],
]);

/** What `--access-log-format` says. */
export function parseAccessFormat(text: string): Outcome<AccessFormat> {
  const named = text.toLowerCase();
  if (named === 'combined' || named === 'json') {
    return success({ words: named, text: '' });
  }
  const format = NICKNAMES.get(named) ?? text;
  if (!format.includes('%')) {
    const hint = format.includes('$') ? '. What begins with "$" is nginx\'s: %h is its $remote_addr' : '';
    return failure(
      `"${text}" is neither combined, common, vcombined or json, nor a format with atoms such as '%h %t "%r" %>s %b'${hint}`,
    );
  }
  // In Apache's letters, too, text in brackets may stand behind a percent sign, which is doubled.
  const isOfGunicorn = format.replaceAll('%%', '').includes('%(');
  return checkAccessFormat({ words: isOfGunicorn ? 'gunicorn' : 'apache', text: format });
}

export function checkAccessFormat(format: AccessFormat & { readonly words: FormatWords }): Outcome<AccessFormat> {
  const parts = readParts(format);
  return parts.ok ? success(format) : parts;
}

/** One line, whose text reaches terminals as well. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

export function readParts({
  words,
  text: format,
}: AccessFormat & { readonly words: FormatWords }): Outcome<FormatPart[]> {
  if (format.length > FORMAT_LENGTH_MAX) {
    return failure(`the format has ${format.length} characters; ${FORMAT_LENGTH_MAX} is the most`);
  }
  const control = CONTROL.exec(format);
  if (control !== null) {
    return failure(`a control character is at column ${control.index + 1}; a line has only a tab`);
  }
  switch (words) {
    case 'apache':
      return readApache(format);
    case 'uwsgi':
      return success(readUwsgi(format));
    default:
      return readGunicorn(format, words);
  }
}

type ReadAtom = (at: number) => Outcome<{ readonly part: FormatPart; readonly end: number }>;

/** Cuts a format at its percent signs. */
function cut(format: string, readAtom: ReadAtom): Outcome<FormatPart[]> {
  const parts: FormatPart[] = [];
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    if (percent !== at) {
      const end = percent === -1 ? format.length : percent;
      parts.push({ kind: 'text', text: format.slice(at, end) });
      at = end;
      continue;
    }
    if (format[at + 1] === '%') {
      parts.push({ kind: 'text', text: '%' });
      at += 2;
      continue;
    }
    const atom = readAtom(at);
    if (!atom.ok) {
      return atom;
    }
    parts.push(atom.value.part);
    at = atom.value.end;
  }
  return success(parts);
}

const APACHE_ATOM =
  /%(?<not>!?)(?<statuses>(?:\d{3}(?:,\d{3})*)?)(?<order>[<>]?)(?:\{(?<argument>[^{}]*)\})?(?<order2>[<>]?)(?<letter>\^..|[A-Za-z])/y;

const UNCLOSED = /^%[!\d,<>]*\{[^{}]*\}?$/;

function readApache(format: string): Outcome<FormatPart[]> {
  const parts = cut(format, (at) => {
    APACHE_ATOM.lastIndex = at;
    const match = APACHE_ATOM.exec(format);
    const { not = '', statuses = '', argument = '', letter = '' } = match?.groups ?? {};
    if (match === null || (not !== '' && statuses === '')) {
      return UNCLOSED.test(format.slice(at))
        ? faultAt(format.slice(at), at, 'its brace is not closed, or no letter follows')
        : faultAt(format.slice(at, at + 2), at, 'a letter has to follow, or "%%" for a percent sign');
    }
    const [written] = match;
    if (letter.startsWith('^')) {
      return faultAt(written, at, 'the edge does not keep trailers');
    }
    const meaning = readApacheAtom(letter, argument);
    if (meaning === undefined) {
      return faultAt(written, at, 'Apache has no such letter');
    }
    if (!meaning.ok) {
      return faultAt(written, at, needsArgument(letter) && argument === '' ? `write %{NAME}${letter}` : meaning.fault);
    }
    const condition =
      statuses === '' ? undefined : { statuses: statuses.split(',').map(Number), isNegated: not !== '' };
    return success({ part: { ...atomOf(meaning.value), condition }, end: at + written.length });
  });
  return parts.ok ? success(parts.value.map(withoutEscapes)) : parts;
}

/** Apache's configuration has these within quotes, from where formats are copied. */
function withoutEscapes(part: FormatPart): FormatPart {
  return part.kind === 'text' ? { kind: 'text', text: part.text.replaceAll('\\"', '"').replaceAll('\\t', '\t') } : part;
}

/** As Python's `%` operator takes it: flags and a width may stand between the name and the letter. */
const GUNICORN_ATOM = /%\((?<name>[^()]*)\)(?<flags>[-0 +#]*)(?<width>\d*)(?<letter>.?)/y;

function readGunicorn(format: string, words: 'gunicorn' | 'hypercorn'): Outcome<FormatPart[]> {
  return cut(format, (at) => {
    GUNICORN_ATOM.lastIndex = at;
    const match = GUNICORN_ATOM.exec(format);
    if (match === null) {
      if (/^%\([^()]*$/.test(format.slice(at))) {
        return faultAt(format.slice(at), at, 'its bracket is not closed');
      }
      const hint = `in a format with %(…)s each atom is written so; for a percent sign write "%%"`;
      return faultAt(format.slice(at, at + 2), at, hint);
    }
    const { name = '', flags = '', width = '', letter = '' } = match.groups ?? {};
    const [written] = match;
    if (!'sdi'.includes(letter) || letter === '') {
      return faultAt(written, at, 'an "s" has to stand behind the brackets');
    }
    if (Number(width) > WIDTH_MAX) {
      return faultAt(written, at, `it is wider than ${WIDTH_MAX} characters`);
    }
    const meaning = readGunicornAtom(name, words);
    if (!meaning.ok) {
      return faultAt(written, at, meaning.fault);
    }
    const isLeft = flags.includes('-');
    const part: Atom = {
      ...atomOf(meaning.value),
      width: Number(width),
      isLeft,
      fillsWithZeros: flags.includes('0') && !isLeft && letter !== 's',
    };
    return success({ part, end: at + written.length });
  });
}

/** What is none of its names stands in the line as it is written, as there; what the application would set by uwsgi.set_logvar is a dash. */
function readUwsgi(format: string): FormatPart[] {
  return [...format.matchAll(/%\(([^()]+)\)|[^%]+|%/g)].map(([written, name]): FormatPart => {
    const meaning = name === undefined ? written : (readUwsgiAtom(name) ?? { name: 'nothing', argument: '' });
    return typeof meaning === 'string' ? { kind: 'text', text: meaning } : atomOf(meaning);
  });
}

function atomOf({ name, argument }: Meaning): Atom {
  return { kind: 'atom', name, argument, condition: undefined, width: 0, isLeft: false, fillsWithZeros: false };
}

function faultAt(written: string, at: number, why: string): Outcome<never> {
  return failure(`"${written}" at column ${at + 1}: ${why}. ${PAGES.accessFormat} lists all atoms`);
}
