/** The charset of responses, and the tables by which their bodies are changed into it. */

import type { Charset, CharsetMap } from '../../../model/bodies.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP_IF } from './contexts.ts';
import { keep } from './keep.ts';
import { typesOf, typesRow } from './media-types.ts';

const charset = draftKey<Template>('charset');
const source = draftKey<Template>('source_charset');
const overrides = draftKey<boolean>('override_charset');
const types = draftKey<readonly string[]>('charset_types');
const maps = draftKey<readonly CharsetMap[]>('charset_map');

const UTF_8 = 'utf-8';
/** A character of UTF-8 beyond those that nginx has in its tables takes four bytes. */
const UTF_8_HEX_MAX = 6;
const USUAL_TYPES = [
  'text/html',
  'text/xml',
  'text/plain',
  'text/vnd.wap.wml',
  'application/javascript',
  'application/rss+xml',
];

/** `off` is no charset. */
const named = (args: GivenArguments): Template => (args.text(0).toLowerCase() === 'off' ? '' : args.template(0));

export const CHARSETS: readonly Row[] = [
  row('charset', HTTP_IF, 'text', 'The charset in the media type of responses.', { apply: keep(charset, named) }),
  row('source_charset', HTTP_IF, 'text', 'The charset in which content is.', { apply: keep(source, named) }),
  row('override_charset', HTTP_IF, 'flag', 'Whether a charset that an application says is replaced.', {
    apply: keep(overrides, (args) => args.flag(0)),
  }),
  typesRow('charset_types', types, 'Media types that get a charset.'),
  ...repeatable([
    row('charset_map', 'http', 'plain plain {entries}', 'Characters of one charset by those of another.', {
      apply: applyMap,
    }),
  ]),
];

export function charsetOf(draft: Draft): Charset | undefined {
  const said = draft.get(charset) ?? '';
  return said === ''
    ? undefined
    : {
        charset: said,
        source: draft.get(source) ?? '',
        overridesContent: draft.get(overrides) ?? false,
        types: typesOf(draft, types, USUAL_TYPES),
      };
}

/** Of the block `http`. */
export function charsetMapsOf(draft: Draft): readonly CharsetMap[] {
  return draft.get(maps) ?? [];
}

function applyMap(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const [from, to] = [args.text(0), args.text(1)];
  const fault = faultOf(from, to, draft.own(maps) ?? []);
  if (fault !== undefined) {
    report('nginx.invalid-value', args.place(0), fault);
    return;
  }
  const isUtf8 = to.toLowerCase() === UTF_8;
  const pairs: (readonly [string, string])[] = [];
  for (const [first, second] of args.entries) {
    // What is no number has been reported where the entries were read.
    const isByte = (text: string): boolean => /^[\da-f]+$/i.test(text) && Number.parseInt(text, 16) <= 0xff;
    if (second === undefined || !isByte(first.text)) {
      report('nginx.invalid-value', first.place, `invalid value "${first.text}"`);
    } else if (isUtf8 ? !isUtf8Character(second.text) : !isByte(second.text)) {
      report('nginx.invalid-value', second.place, `invalid value "${second.text}"`);
    } else {
      pairs.push([first.text, second.text]);
    }
  }
  draft.append(maps, { from, to, pairs });
}

function faultOf(from: string, to: string, present: readonly CharsetMap[]): string | undefined {
  const [first, second] = [from.toLowerCase(), to.toLowerCase()];
  if (first === second) {
    return `"charset_map" between the same charsets "${from}" and "${to}"`;
  }
  if (first === UTF_8) {
    return '"charset_map" with "utf-8" charset should be given in the second column';
  }
  const key = [first, second].sort().join(' ');
  return present.some((map) => [map.from.toLowerCase(), map.to.toLowerCase()].sort().join(' ') === key)
    ? `duplicate "charset_map" between "${from}" and "${to}"`
    : undefined;
}

function isUtf8Character(hex: string): boolean {
  if (!/^[\da-f]+$/i.test(hex) || hex.length % 2 !== 0 || hex.length > UTF_8_HEX_MAX) {
    return false;
  }
  return /^[^\u{FFFD}]$/u.test(Buffer.from(hex, 'hex').toString('utf8'));
}
