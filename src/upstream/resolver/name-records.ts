/** What a name is known to be, of the replies to all that was asked about it. */

import type { DnsAnswer } from '../../protocol/dns/answer-of.ts';
import { NO_SUCH_NAME } from '../../protocol/dns/response-codes.ts';
import type { NameReply } from './dns-question.ts';

export type NameRecords =
  | Exclude<DnsAnswer, { readonly kind: 'none' }>
  /** `code` as in `describeCode`. */
  | { readonly kind: 'failed'; readonly code: number };

/**
 * As nginx has it: one family of addresses is enough, and where neither has one the last reply says whether there is an alias to follow. But a failure of one is a failure of all, because nobody knows then
 * what is missing: whoever has a name server that fails for IPv6 says `ipv6=off`.
 */
export function recordsOf(replies: readonly NameReply[]): NameRecords {
  const failure = replies.find((reply) => reply.kind === 'failed');
  if (failure !== undefined) {
    return failure;
  }
  const said = replies.filter((reply) => reply.kind !== 'none' && reply.kind !== 'failed');
  const ttl = Math.min(...said.map((reply) => reply.ttl));
  const addresses = said.flatMap((reply) => (reply.kind === 'addresses' ? reply.addresses : []));
  if (addresses.length > 0) {
    return { kind: 'addresses', addresses, ttl };
  }
  const last = replies.at(-1);
  return last === undefined || last.kind === 'none' || last.kind === 'failed'
    ? { kind: 'failed', code: NO_SUCH_NAME }
    : { ...last, ttl };
}
