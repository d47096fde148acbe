/** What a site's TLS is, a line each. */

import type { ServerModel } from '../../config/model/server-model.ts';
import type { SiteTls } from '../../config/model/site-tls.ts';
import { renderTemplateText } from '../../config/toml/template-text.ts';

/** What comes of the certificates of clients. */
const CLIENTS: Readonly<Record<SiteTls['clients'], string | undefined>> = {
  none: undefined,
  optional: 'clients may show a certificate, and one that is not good is refused',
  required: 'clients need a good certificate',
  unverified: 'clients may show a certificate, whoever has signed it',
};

export function describeTls(tls: SiteTls | undefined, { certificates }: ServerModel): string[] {
  if (tls === undefined) {
    return [];
  }
  if (tls.rejectsHandshake) {
    return ['handshakes of TLS are refused'];
  }
  const files = tls.certificates.map((index) => certificates[index]?.certFile ?? '');
  const named = tls.namedCertificates.map(({ certFile }) => renderTemplateText(certFile));
  const shown = [...files, ...named];
  const clients = CLIENTS[tls.clients];
  const authorities = [tls.caCerts, tls.trustedCerts].filter((path) => path !== '');
  const byTickets = tls.usesTickets && clients === undefined;
  const sessions = byTickets ? 'by tickets' : tls.usesTickets || tls.keepsSessions ? 'kept by the server' : undefined;
  return [
    shown.length === 0
      ? 'TLS with the certificate of the default site of the address'
      : `TLS with the certificate ${shown.join(' and ')}`,
    `${tls.protocols.length === 0 ? 'TLSv1.2 and TLSv1.3' : tls.protocols.join(' and ')}; ${sessions === undefined ? 'no session is taken up again' : `sessions are taken up again, ${sessions}`}`,
    ...(clients === undefined ? [] : [`${clients}${authorities.length === 0 ? '' : ` (${authorities.join(', ')})`}`]),
    ...(clients === undefined ? [] : describeStatus(tls)),
  ];
}

const ASKED: Readonly<Record<SiteTls['clientStatus'], string>> = {
  none: '',
  leaf: 'the authority of a good one is asked whether it is revoked',
  chain: 'the authorities of a good one, and of those that have signed it, are asked whether it is revoked',
};

function describeStatus({ clientStatus, clientResponder, clientStatusCache }: SiteTls): string[] {
  const whom = clientResponder === '' ? '' : ` (${clientResponder})`;
  const kept = clientStatusCache === '' ? 'at each connection' : `answers are kept as "${clientStatusCache}"`;
  return clientStatus === 'none' ? [] : [`${ASKED[clientStatus]}${whom}, ${kept}`];
}
