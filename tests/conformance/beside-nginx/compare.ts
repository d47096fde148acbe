/** The differences between what both programs have done with one case. */

import type { Asked, Case } from './case.ts';
import type { Conversation } from './conversation.ts';
import { normalForm } from './normal-form.ts';
import type { LogLine, Observed } from './observe.ts';
import { LOGGED } from './whole-text.ts';

export interface Difference {
  readonly case: Case;
  readonly request: string;
  /** `status line`, `field etag`, `body`, `log uri`, … */
  readonly what: string;
  readonly nginx: string;
  readonly portico: string;
  /** The statuses that nginx and Portico have answered with. */
  readonly statuses: Pair;
  /** How the first answer of both is delimited. */
  readonly framings: Pair;
  readonly isSameBody: boolean;
  /** nginx has not come to know what was asked for: an error page may have given it any status. */
  readonly isUnread: boolean;
}

interface Side {
  readonly conversation: Conversation | undefined;
  readonly lines: readonly LogLine[];
  readonly address: string;
}

export type Pair = readonly [nginx: string, portico: string];

export function compare(
  about: { readonly case: Case; readonly requests: readonly Asked[]; readonly addresses: Pair },
  nginx: Observed,
  portico: Observed,
): Difference[] {
  const { case: given, addresses } = about;
  if (nginx.refusal !== undefined || portico.refusal !== undefined) {
    if (nginx.refusal !== undefined && portico.refusal !== undefined) return [];
    const verdict = (refusal: string | undefined): string => refusal ?? 'accepted';
    return [
      {
        ...{
          case: given,
          request: '',
          what: 'configuration',
          statuses: ['', ''],
          framings: ['', ''],
          isSameBody: true,
          isUnread: false,
        },
        ...{ nginx: verdict(nginx.refusal), portico: verdict(portico.refusal) },
      },
    ];
  }
  return about.requests.flatMap((asked, index) => {
    const side = (observed: Observed, address: string): Side => ({
      conversation: observed.conversations[index],
      lines: observed.logged[index] ?? [],
      address,
    });
    const [left, right] = [side(nginx, addresses[0]), side(portico, addresses[1])];
    const both = (of: (side: Side) => string): Pair => [of(left), of(right)];
    const all = [...compareConversations(left, right), ...compareLogs(left, right)];
    const isSameBody = !all.some(([what]) => what === 'body');
    const isUnread = left.lines.some((line) => line['request_uri'] === '');
    return all.map(([what, pair]) => ({
      ...{ case: given, request: asked.text, what, isSameBody, isUnread },
      ...{ statuses: both(statusOf), framings: both(framingOf) },
      ...{ nginx: pair[0], portico: pair[1] },
    }));
  });
}

function statusOf({ conversation }: Side): string {
  return (conversation?.responses ?? []).map(({ statusLine }) => statusLine.split(' ')[1] ?? '-').join(',');
}

function framingOf({ conversation }: Side): string {
  return conversation?.responses[0]?.framing ?? '';
}

type Named = [what: string, pair: Pair];

function compareConversations(nginx: Side, portico: Side): Named[] {
  const [left, right] = [nginx.conversation, portico.conversation];
  if (left === undefined || right === undefined) return [];
  const found: Named[] = [];
  const note = (what: string, a: string, b: string): void => {
    if (a !== b && !isNearly(a, b)) found.push([what, [a, b]]);
  };
  note('number of responses', statusOf(nginx), statusOf(portico));
  note('connection', left.end, right.end);
  const count = Math.min(left.responses.length, right.responses.length);
  for (let at = 0; at < count; at++) {
    const [mine, theirs] = [left.responses[at], right.responses[at]];
    if (mine === undefined || theirs === undefined) continue;
    const a = normalForm(mine, { address: nginx.address, clientPort: left.clientPort });
    const b = normalForm(theirs, { address: portico.address, clientPort: right.clientPort });
    note('status line', a['status line'], b['status line']);
    note('framing', a.framing, b.framing);
    note('body', a.body, b.body);
    for (const name of new Set([...a.fields.keys(), ...b.fields.keys()])) {
      note(`field ${name}`, a.fields.get(name) ?? '(none)', b.fields.get(name) ?? '(none)');
    }
  }
  return found;
}

/** Both are asked at nearly the same time: what counts from now on, or until a time of the day, may be a few seconds more or less. */
function isNearly(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => Number(/^Expires: Date \+ (-?\d+) s$/.exec(text)?.[1] ?? Number.NaN));
  return Math.abs((left ?? 0) - (right ?? 0)) <= NEARLY_S;
}

const NEARLY_S = 10;

function compareLogs(nginx: Side, portico: Side): Named[] {
  const found: Named[] = [];
  if (nginx.lines.length !== portico.lines.length) {
    const shown = (side: Side): string => side.lines.map((line) => `${line['status']} ${line['request']}`).join('; ');
    return [['log lines', [shown(nginx), shown(portico)]]];
  }
  for (const [at, line] of nginx.lines.entries()) {
    const other = portico.lines[at] ?? {};
    for (const name of LOGGED) {
      const [a, b] = [loggedValue(nginx, at, line, name), loggedValue(portico, at, other, name)];
      const [plainA, plainB] = [nginx, portico].map((side) => plainValue(side, at, name));
      if (a !== b) found.push([`log ${name}`, [a, b]]);
      else if (plainA !== plainB) found.push([`log ${name}`, [`plain ${plainA}`, `plain ${plainB}`]]);
    }
  }
  return found;
}

function plainValue({ lines, address }: Side, at: number, name: string): string {
  return name === 'bytes_sent' ? '' : (lines[at]?.[`plain ${name}`] ?? '(none)').replaceAll(address, 'ADDRESS');
}

/** What was sent is compared with what the client got: heads differ in length by what is meant. */
function loggedValue(side: Side, at: number, line: LogLine, name: string): string {
  const value = line[name] ?? '(none)';
  if (name === 'bytes_sent') return lengthSeen(side, at, value);
  return value.replaceAll(side.address, 'ADDRESS');
}

function lengthSeen({ conversation, lines }: Side, at: number, value: string): string {
  const responses = (conversation?.responses ?? []).filter(({ statusLine }) => !/^\S+ 1\d\d/.test(statusLine));
  if (responses.length !== lines.length || conversation?.responses.length !== responses.length) return 'not known';
  const seen = responses[at]?.wireLength ?? 0;
  return String(seen) === value ? 'what the client got' : `${value}, and the client got ${seen}`;
}
