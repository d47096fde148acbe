/** `listen` of a stream: at which addresses connections are taken, and what is spoken before anything is passed on. */

import type { BindAddress } from '../../../bind-address.ts';
import { renderBindAddress } from '../../../bind-address.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { faultOf, readAddresses } from './listening.ts';

export interface StreamListen {
  readonly address: BindAddress;
  readonly backlog: number | undefined;
  readonly isIpv6Only: boolean;
  readonly hasProxyHeader: boolean;
  readonly speaksTls: boolean;
}

/** Said in a server of `stream`. */
export const STREAM_LISTENS: DraftKey<readonly StreamListen[]> = draftKey('listen of a stream');
/** Said in `stream`, by all servers together. */
const PLACES: DraftKey<Map<string, Place>> = draftKey('addresses of streams');

export const STREAM_LISTENING: readonly Row[] = repeatable([
  row('listen', 'stream-server', 'address [parameter...]', 'An address that is listened on.', { apply: listen }),
]);

/** Nobody listens at an address where something else would be spoken than what the file says. */
const LATER: ReadonlyMap<string, string> = new Map([
  ['udp', 'Datagrams are not passed on: nobody listens at this address. Leave it to nginx.'],
]);

const HTTP_ONLY = /^(?:default|default_server|http2|spdy|quic|deferred|accept_filter=.*)$/;

function listen(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const addresses = readAddresses(args, report, undefined);
  const parameters = args.texts(1);
  let isLater = false;
  let isFaulty = false;
  for (const [index, text] of parameters.entries()) {
    const place = args.place(index + 1);
    const later = LATER.get(text);
    const fault = text === 'udp' ? undefined : HTTP_ONLY.test(text) ? `the invalid "${text}" parameter` : faultOf(text);
    if (fault !== undefined) {
      report('nginx.invalid-value', place, fault);
      isFaulty = true;
    } else if (later !== undefined) {
      report('nginx.later', place, `"${text}" has no effect yet`, { hint: later, severity: 'warning' });
      isLater = true;
    }
  }
  const backlog = parameters.find((text) => text.startsWith('backlog='));
  for (const address of isFaulty ? [] : addresses) {
    const isSound = checkOnce(address, args.place(0), draft, report);
    if (isSound && !isLater) {
      draft.append(STREAM_LISTENS, {
        address,
        backlog: backlog === undefined ? undefined : Number(backlog.slice('backlog='.length)),
        hasProxyHeader: parameters.includes('proxy_protocol'),
        speaksTls: parameters.includes('ssl'),
        isIpv6Only: address.kind === 'tcp' && address.host.includes(':') && !parameters.includes('ipv6only=off'),
      });
    }
  }
}

function checkOnce(address: BindAddress, place: Place, draft: Draft, report: NginxReport): boolean {
  const stream = draft.within('stream');
  const places = stream?.own(PLACES) ?? new Map<string, Place>();
  stream?.set(PLACES, places);
  const name = renderBindAddress(address);
  const before = places.get(name);
  places.set(name, before ?? place);
  if (before === undefined) {
    return true;
  }
  const where = before.kind === 'file' ? `in line ${before.line} of ${before.file}` : 'before';
  report('nginx.duplicate', place, `duplicate "${name}" address and port pair`, {
    hint: `It is said ${where} already. A stream has one server for each address.`,
  });
  return false;
}
