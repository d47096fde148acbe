/** `location`: which part of the URLs a block is about. */

import type { Location } from '../../../model/server-model.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import { nginxRegexFault } from '../regex-fault.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';

export type LocationMatch = Location['match'];

/** Said in a location: what it is about, and that only the server itself may ask for it. */
export const LOCATION_MATCH: DraftKey<LocationMatch> = draftKey('location');
export const IS_INTERNAL: DraftKey<boolean> = draftKey('internal');
/** Said in a server, or in the location around others: those that it has. */
const SEEN: DraftKey<Set<string>> = draftKey('locations');
/** Said in a location: one in it is outside of it, which one brace makes of all that follow. */
const HAS_STRANGER: DraftKey<boolean> = draftKey('location that is outside');

export const LOCATIONS: readonly Row[] = [
  ...repeatable([
    row('location', 'server location', 'plain [plain] {location}', 'What holds for a part of the URLs.', {
      apply: location,
    }),
  ]),
  row('internal', 'location', '', 'Clients cannot ask for it, only the server itself.', {
    apply: (_, draft) => draft.set(IS_INTERNAL, true),
  }),
];

/** What stands before the path, alone or joined to it. The longer ones come first. */
const MODIFIERS = ['^~', '~*', '~', '='] as const;

function location(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const { modifier, text } = splitLocation(args.texts());
  const at = args.count - 1;
  const match = matchOf(modifier, text);
  if (match === undefined) {
    const hint = 'Before a path stands nothing, or one of: = ^~ ~ ~*';
    report('nginx.invalid-value', args.place(0), `invalid location modifier "${modifier}"`, { hint });
    return;
  }
  if (match.kind === 'regex') {
    const fault = nginxRegexFault(match.pattern.text, match.pattern.isCaseless);
    if (fault !== undefined) {
      report('nginx.invalid-value', args.place(at), fault.message, fault);
      return;
    }
  }
  draft.set(LOCATION_MATCH, match);
  const outer = draft.parent?.own(LOCATION_MATCH);
  const misfit = outer === undefined ? undefined : misfitOf(match, outer);
  if (misfit !== undefined) {
    if (draft.parent?.own(HAS_STRANGER) === true) {
      return;
    }
    draft.parent?.set(HAS_STRANGER, true);
    report('nginx.conflict', args.place(at), misfit, {
      hint: `Is the "}" of the location around it missing? It begins in ${describePlace(draft.parent)}.`,
    });
  } else if (isRepeated(match, draft.parent)) {
    // nginx says nothing of named ones: the first of them counts.
    const isNamed = match.kind === 'named';
    report(isNamed ? 'nginx.suspicious' : 'nginx.duplicate', args.place(at), `duplicate location "${text}"`, {
      hint: isNamed ? 'The first one counts, this one is never asked.' : undefined,
      severity: isNamed ? 'warning' : 'error',
    });
  }
}

/** What stands behind `location`: a modifier and a path, as two words or as one. */
export function splitLocation([first = '', second]: readonly string[]): { modifier: string; text: string } {
  if (second !== undefined) {
    return { modifier: first, text: second };
  }
  const modifier = MODIFIERS.find((one) => first.startsWith(one)) ?? '';
  return { modifier, text: first.slice(modifier.length) };
}

function matchOf(modifier: string, text: string): LocationMatch | undefined {
  switch (modifier) {
    case '':
      return { kind: text.startsWith('@') ? 'named' : 'prefix', text };
    case '=':
      return { kind: 'exact', text };
    case '^~':
      return { kind: 'final-prefix', text };
    case '~':
    case '~*':
      return { kind: 'regex', pattern: { text, isCaseless: modifier === '~*' } };
    default:
      return undefined;
  }
}

function misfitOf(inner: LocationMatch, outer: LocationMatch): string | undefined {
  const [name, around] = [textOf(inner), textOf(outer)];
  if (outer.kind === 'exact') return `location "${name}" cannot be inside the exact location "${around}"`;
  if (outer.kind === 'named') return `location "${name}" cannot be inside the named location "${around}"`;
  if (inner.kind === 'named') return `named location "${name}" can be on the server level only`;
  return inner.kind !== 'regex' && !name.startsWith(around)
    ? `location "${name}" is outside location "${around}"`
    : undefined;
}

function textOf(match: LocationMatch): string {
  return match.kind === 'regex' ? match.pattern.text : match.text;
}

/** nginx compares prefixes with prefixes, whether they are final or not; regexes may be equal. */
function isRepeated(match: LocationMatch, around: Draft | undefined): boolean {
  if (match.kind === 'regex' || around === undefined) {
    return false;
  }
  const seen = around.own(SEEN) ?? new Set<string>();
  around.set(SEEN, seen);
  const key = `${match.kind === 'final-prefix' ? 'prefix' : match.kind} ${match.text}`;
  return seen.size === seen.add(key).size;
}

function describePlace(draft: Draft | undefined): string {
  return draft?.place.kind === 'file' ? `line ${draft.place.line}` : 'this file';
}
