/** Whether a request may be answered on the connection that it has come by: with TLS, and by a client that its site lets in. */

import type { EdgeModel } from '../../config/model/server-model.ts';
import type { ClientRules } from '../../config/model/site-tls.ts';
import { clientRulesOf, USUAL_TLS } from '../../config/model/site-tls.ts';
import { isEqual } from '../../kernel/is-equal.ts';
import type { PeerTls } from '../../protocol/http/peer-tls.ts';
import { renderFault } from '../../protocol/tls/verify-errors.ts';

/** `status`: nginx's own numbers, for which sites may have pages; the client is told 400. `words`: for the error log, as nginx has them. */
export interface TlsRefusal {
  readonly status: 421 | 495 | 496 | 497;
  readonly words: string;
}

/** `site`: index in the model of the one that the request asks for. */
export type TlsCheck = (tls: PeerTls | undefined, site: number) => TlsRefusal | undefined;

const PLAIN: TlsRefusal = { status: 497, words: 'client sent plain HTTP request to HTTPS port' };
const MISDIRECTED: TlsRefusal = {
  status: 421,
  words: 'client attempted to request the server name different from the one that was negotiated',
};
const NO_CERTIFICATE: TlsRefusal = { status: 496, words: 'client sent no required SSL certificate' };

/** `fallback`: the default site of the listener. */
export function compileTlsCheck({ sites }: Pick<EdgeModel, 'sites'>, fallback: number): TlsCheck {
  const rules = sites.map(({ clients }) => clients ?? sites[fallback]?.clients ?? NO_CLIENTS);
  if (rules.every(({ clients }) => clients === 'none')) {
    return (tls) => (tls?.isMissing === false ? undefined : PLAIN);
  }
  // Groups of sites that let in the same clients, each by its first.
  const groups = rules.map((each) => rules.findIndex((other) => isEqual(each, other)));
  return (tls, site) => {
    if (tls === undefined || tls.isMissing) {
      return PLAIN;
    }
    const own = rules[site] ?? NO_CLIENTS;
    if (own.clients === 'none') {
      return undefined;
    }
    // The handshake has asked for what another site wants of its clients: a certificate that was good there says nothing here (RFC 9110 15.5.20).
    const isElsewhere = groups[tls.site] !== groups[site];
    if (isElsewhere && (tls.serverName !== '' || tls.certificate !== undefined)) {
      return MISDIRECTED;
    }
    return faultOf(tls, own);
  };
}

const NO_CLIENTS: ClientRules = clientRulesOf(USUAL_TLS);

function faultOf(tls: PeerTls, { clients }: ClientRules): TlsRefusal | undefined {
  const { certificateFault, isUnknownAuthority, certificate } = tls;
  if (certificateFault !== undefined && !(clients === 'unverified' && isUnknownAuthority)) {
    return { status: 495, words: `client SSL certificate verify error: ${renderFault(certificateFault)}` };
  }
  return clients === 'required' && certificate === undefined ? NO_CERTIFICATE : undefined;
}
