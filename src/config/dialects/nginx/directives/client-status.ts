/** Whether the authorities of clients' certificates are asked (OCSP) that these are not revoked. */

import type { SiteTls } from '../../../model/site-tls.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { row } from '../row.ts';
import { readSize } from '../sizes.ts';
import { CACHE_BYTES_MIN } from './certificates.ts';
import { keep } from './keep.ts';
import { resolverOf } from './resolvers.ts';
import { keepResponder } from './responder-address.ts';
import { declareZone } from './shared-zones.ts';
import { STREAMED, TLS_KEYS } from './site-tls.ts';

interface Asked {
  readonly whom: SiteTls['clientStatus'];
  readonly place: Place;
}

const ASKED: DraftKey<Asked> = draftKey('ssl_ocsp');
const RESPONDER: DraftKey<string> = draftKey('ssl_ocsp_responder');
const CACHE: DraftKey<string> = draftKey('ssl_ocsp_cache');

const WHOM: Readonly<Record<string, SiteTls['clientStatus']>> = { off: 'none', on: 'chain', leaf: 'leaf' };

export const CLIENT_STATUS_ROWS: readonly Row[] = [
  row('ssl_ocsp', STREAMED, 'off|on|leaf', "Whether authorities are asked about clients' certificates.", {
    apply: keep(ASKED, (args) => ({ whom: WHOM[args.word(0)] ?? 'none', place: args.place(0) })),
  }),
  row('ssl_ocsp_responder', STREAMED, 'plain', 'Who is asked.', { apply: keepResponder(RESPONDER) }),
  row('ssl_ocsp_cache', STREAMED, 'plain', 'Where answers of authorities are kept.', { apply: readCache }),
];

function readCache(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const text = args.text(0);
  const [, name = '', size = ''] = /^shared:([^:]+):(.+)$/.exec(text) ?? [];
  const bytes = readSize(size);
  if (text === 'off') {
    draft.set(CACHE, '');
  } else if (bytes === undefined || bytes < CACHE_BYTES_MIN) {
    const message = bytes === undefined ? `invalid OCSP cache "${text}"` : `OCSP cache "${text}" is too small`;
    report('nginx.invalid-value', args.place(0), message, { hint: 'Write off, or shared:name:10m.' });
  } else if (declareZone(args, draft, report, { name, use: 'OCSP cache', bytes, at: 0 })) {
    draft.set(CACHE, name);
  }
}

type ClientStatus = Pick<SiteTls, 'clientStatus' | 'clientResponder' | 'clientResolver' | 'clientStatusCache'>;

export function clientStatusOf(server: Draft): ClientStatus {
  const clientStatus = server.get(ASKED)?.whom ?? 'none';
  const isOn = clientStatus !== 'none';
  return {
    clientStatus,
    clientResponder: (isOn && server.get(RESPONDER)) || '',
    clientResolver: isOn ? resolverOf(server) : undefined,
    clientStatusCache: (isOn && server.get(CACHE)) || '',
  };
}

/** When all has been read: nobody says anything of certificates that nobody known has signed. */
export function checkClientStatus(around: Draft, report: NginxReport): void {
  for (const server of around.children.filter(({ kind }) => kind === 'server' || kind === 'stream-server')) {
    const asked = server.get(ASKED);
    if (asked !== undefined && asked.whom !== 'none' && server.get(TLS_KEYS.clients)?.value === 'unverified') {
      report('nginx.conflict', asked.place, '"ssl_ocsp" is incompatible with "ssl_verify_client optional_no_ca"', {
        hint: 'Write ssl_verify_client on; or optional;',
      });
    }
  }
}
