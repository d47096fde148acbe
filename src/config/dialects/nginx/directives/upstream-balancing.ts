/** Which server of an upstream gets the next request. */

import type { Balancing, TimedUntil } from '../../../model/upstream.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';

export const BALANCING: DraftKey<Balancing> = draftKey('balancing');
/** The way of choosing that has no use for `backup`. */
export const WITHOUT_BACKUP: DraftKey<string> = draftKey('balancing without backup');

const IN_UPSTREAM = 'upstream stream-upstream';

export const BALANCING_ROWS: readonly Row[] = repeatable([
  row(
    'least_time',
    IN_UPSTREAM,
    'header|connect|first_byte|last_byte [plain]',
    'The server that is fastest gets the next request.',
    { apply: leastTime },
  ),
  row('hash', IN_UPSTREAM, 'text [plain]', 'A key decides about the server.', { apply: hash }),
  row('ip_hash', 'upstream', '', "The client's network decides about the server.", {
    apply: (args, draft, report) => balance(args, { kind: 'ip-hash' }, { draft, report, takesBackup: false }),
  }),
  row('least_conn', IN_UPSTREAM, '', 'The server with the fewest connections gets the next request.', {
    apply: (args, draft, report) => balance(args, { kind: 'least-conn' }, { draft, report, takesBackup: true }),
  }),
  row('random', IN_UPSTREAM, '[plain] [plain]', 'Chance decides about the server.', { apply: random }),
]);

interface Saying {
  readonly draft: Draft;
  readonly report: NginxReport;
  /** A server that is a spare one is none of those among which a key or chance chooses. */
  readonly takesBackup: boolean;
}

function balance(args: GivenArguments, balancing: Balancing, { draft, report, takesBackup }: Saying): void {
  if (draft.own(BALANCING) !== undefined) {
    report('nginx.suspicious', args.directive.place, 'load balancing method redefined', {
      hint: 'The last one counts. Remove the other.',
      severity: 'warning',
    });
  }
  draft.set(BALANCING, balancing);
  if (!takesBackup) {
    draft.set(WITHOUT_BACKUP, args.directive.text);
  }
}

function hash(args: GivenArguments, draft: Draft, report: NginxReport): void {
  if (args.count === 2 && args.text(1) !== 'consistent') {
    report('nginx.invalid-value', args.place(1), `invalid parameter "${args.text(1)}"`, {
      hint: 'The second word can only be "consistent".',
    });
  }
  const balancing = { kind: 'hash', key: args.template(0), isConsistent: args.count === 2 } as const;
  balance(args, balancing, { draft, report, takesBackup: false });
}

function leastTime(args: GivenArguments, draft: Draft, report: NginxReport): void {
  if (args.count === 2 && args.text(1) !== 'inflight') {
    report('nginx.invalid-value', args.place(1), `invalid parameter "${args.text(1)}"`, {
      hint: 'The second word can only be "inflight".',
    });
  }
  const balancing = { kind: 'least-time', until: untilOf(args.word(0)), countsUnfinished: args.count === 2 } as const;
  balance(args, balancing, { draft, report, takesBackup: true });
}

/** One of the words that have been checked. */
function untilOf(word: string): TimedUntil {
  return word.replace('_', '-') as TimedUntil;
}

function random(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const isLegal = [/^two$/, /^least_(?:conn|time=(?:header|last_byte|connect|first_byte))$/];
  for (const [at, text] of args.texts().entries()) {
    if (isLegal[at]?.test(text) !== true) {
      report('nginx.invalid-value', args.place(at), `invalid parameter "${text}"`, {
        hint: 'Write "random", "random two" or "random two least_conn".',
      });
      return;
    }
  }
  const [, until] = args.text(1).split('=');
  const best = args.count === 0 ? undefined : until === undefined ? 'least-conn' : untilOf(until);
  balance(args, { kind: 'random', best }, { draft, report, takesBackup: false });
}
