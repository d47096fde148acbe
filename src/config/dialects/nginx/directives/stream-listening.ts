/** `listen` of a stream: at which addresses connections or datagrams are taken, and what is spoken before anything is passed on. */

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
  row(
    'listen',
    'stream-server',
    'address [parameter...]',
    'An address that is listened on, for connections or (`udp`) datagrams.',
    { apply: listen },
  ),
]);

const HTTP_ONLY = /^(?:default|default_server|http2|spdy|quic|deferred|accept_filter=.*)$/;
/** What is said of connections, which datagrams do not have. */
const OF_CONNECTIONS: ReadonlySet<string> = new Set([
  ...['ssl', 'proxy_protocol', 'backlog', 'fastopen', 'so_keepalive', 'multipath'],
]);

function listen(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const parameters = args.texts(1);
  const isDatagrams = parameters.includes('udp');
  const addresses = readAddresses(args, report, undefined);
  const faults = parameters.flatMap((text, index) => {
    const message = text === 'udp' ? undefined : streamFaultOf(text, isDatagrams);
    return message === undefined ? [] : [{ message, place: args.place(index + 1) }];
  });
  for (const { message, place } of faults) {
    report('nginx.invalid-value', place, message);
  }
  const backlog = parameters.find((text) => text.startsWith('backlog='));
  for (const said of faults.length > 0 ? [] : addresses) {
    const address = isDatagrams ? datagramAddress(said, args, report) : said;
    if (address !== undefined && checkOnce(address, args.place(0), draft, report)) {
      draft.append(STREAM_LISTENS, {
        address,
        backlog: backlog === undefined ? undefined : Number(backlog.slice('backlog='.length)),
        hasProxyHeader: parameters.includes('proxy_protocol'),
        speaksTls: parameters.includes('ssl'),
        isIpv6Only: address.kind !== 'unix' && address.host.includes(':') && !parameters.includes('ipv6only=off'),
      });
    }
  }
}

function streamFaultOf(text: string, isDatagrams: boolean): string | undefined {
  if (HTTP_ONLY.test(text)) {
    return `the invalid "${text}" parameter`;
  }
  const [name = ''] = text.split('=', 1);
  return isDatagrams && OF_CONNECTIONS.has(name) ? `"${name}" parameter is incompatible with "udp"` : faultOf(text);
}

function datagramAddress(said: BindAddress, args: GivenArguments, report: NginxReport): BindAddress | undefined {
  if (said.kind === 'unix') {
    report('nginx.invalid-value', args.place(0), 'datagrams cannot be taken at a Unix socket', {
      hint: 'Give it an address with a port, or leave it to nginx.',
    });
    return undefined;
  }
  return { ...said, kind: 'udp' };
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
