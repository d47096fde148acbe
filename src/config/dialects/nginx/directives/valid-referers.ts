/** valid_referers: which pages may have led to a request. */

import type { ValidReferers } from '../../../model/access.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxRegexFault } from '../regex-fault.ts';
import { nginxRegexFault } from '../regex-fault.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { appendEach } from './keep.ts';

const REFERERS: DraftKey<readonly string[]> = draftKey('valid_referers');

export const VALID_REFERERS_ROWS: readonly Row[] = repeatable([
  row('valid_referers', 'server location', 'plain...', 'Referers with which $invalid_referer is empty.', {
    apply: readReferers,
  }),
]);

function readReferers(args: GivenArguments, draft: Draft, report: NginxReport): void {
  for (const [at, text] of args.texts().entries()) {
    const fault = text.startsWith('~') && text !== '~' ? nginxRegexFault(text.slice(1), true) : faultOf(text);
    if (fault !== undefined) {
      report('nginx.invalid-value', args.place(at), fault.message, fault);
      return;
    }
  }
  appendEach(draft, REFERERS, args.texts());
}

/** A star stands for whole labels, at the beginning or at the end of a host. */
function faultOf(text: string): NginxRegexFault | undefined {
  const [host = ''] = text.split('/', 1);
  const isHost = /^(?:\*?\.)?[^*]*$|^[^*]+\.\*$/.test(host) && !host.includes('..');
  return text !== '' && text !== '~' && isHost
    ? undefined
    : {
        message: `invalid referer "${text}"`,
        hint: 'Write none, blocked, server_names, a host with or without a path (*.example.com/shop), or a regex with a tilde in front.',
      };
}

/** The words of the nearest block that has any hold alone. */
export function referersOf(draft: Draft): ValidReferers | undefined {
  const words = draft.get(REFERERS);
  if (words === undefined) {
    return undefined;
  }
  return {
    allowsNone: words.includes('none'),
    allowsBlocked: words.includes('blocked'),
    allowsServerNames: words.includes('server_names'),
    names: words.filter((word) => !KEYWORDS.has(word)),
  };
}

const KEYWORDS: ReadonlySet<string> = new Set(['none', 'blocked', 'server_names']);
