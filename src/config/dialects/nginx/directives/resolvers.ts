/** `resolver`: name servers that are asked while the server runs. */

import type { Resolver } from '../../../model/upstream.ts';
import { readUpstreamAddress } from '../../../upstream-address.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { row } from '../row.ts';
import { readSeconds } from '../times.ts';
import { keep } from './keep.ts';

type Said = Omit<Resolver, 'timeoutMs'>;

const SAID: DraftKey<Said> = draftKey('resolver');
const TIMEOUT_MS: DraftKey<number> = draftKey('resolver_timeout');

const USUAL_TIMEOUT_MS = 30_000;
const DNS_PORT = 53;

export function resolverRows(contexts: string): readonly Row[] {
  return [
    row('resolver', contexts, 'address...', 'Where names are looked up.', { apply: resolver }),
    row('resolver_timeout', contexts, 'msec', 'How long looking up a name may take.', {
      apply: keep(TIMEOUT_MS, (args) => args.number(0)),
    }),
  ];
}

function resolver(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const said: { -readonly [Key in keyof Said]: Said[Key] } = { servers: [], asksIpv4: true, asksIpv6: true };
  for (const [at, text] of args.texts().entries()) {
    const fault = readParameter(text, said) ?? (isParameter(text) ? undefined : readServer(text, said));
    if (fault !== undefined) {
      report('nginx.invalid-value', args.place(at), fault, {
        hint: 'Write addresses of name servers, then perhaps valid=30s, ipv4=off or ipv6=off: resolver 127.0.0.53 valid=30s ipv6=off;',
      });
      return;
    }
  }
  if (!said.asksIpv4 && !said.asksIpv6) {
    report('nginx.conflict', args.directive.place, '"ipv4" and "ipv6" cannot both be "off"', {
      hint: 'Remove one of the two.',
    });
  } else if (said.servers.length === 0) {
    report('nginx.invalid-value', args.place(0), 'no name servers defined', {
      hint: 'Write the address of one: resolver 127.0.0.53;',
    });
  } else {
    draft.set(SAID, said);
  }
}

function isParameter(text: string): boolean {
  return /^(?:valid|ipv4|ipv6|status_zone)=/.test(text);
}

/** A sentence: what is wrong. Undefined also for what is no parameter. */
function readParameter(text: string, said: { -readonly [Key in keyof Said]: Said[Key] }): string | undefined {
  const [, name = '', value = ''] = /^(valid|ipv4|ipv6)=(.*)$/s.exec(text) ?? [];
  if (name === '') {
    return undefined;
  }
  if (name === 'valid') {
    const seconds = readSeconds(value);
    if (seconds !== undefined && seconds > 0) {
      said.validMs = seconds * 1000;
    }
    return seconds === undefined ? `invalid parameter: ${text}` : undefined;
  }
  if (value !== 'on' && value !== 'off') {
    return `invalid parameter: ${text}`;
  }
  said[name === 'ipv4' ? 'asksIpv4' : 'asksIpv6'] = value === 'on';
  return undefined;
}

function readServer(text: string, said: { -readonly [Key in keyof Said]: Said[Key] }): string | undefined {
  const address = readUpstreamAddress(text);
  if (!address.ok || address.value.isUnix) {
    return `${address.ok ? 'invalid host' : address.fault} in resolver "${text}"`;
  }
  said.servers = [...said.servers, `${address.value.host}:${address.value.port ?? DNS_PORT}`];
  return undefined;
}

/** Of the nearest block that names one. */
export function resolverOf(draft: Draft): Resolver | undefined {
  const said = draft.get(SAID);
  return said === undefined ? undefined : { ...said, timeoutMs: draft.get(TIMEOUT_MS) ?? USUAL_TIMEOUT_MS };
}
