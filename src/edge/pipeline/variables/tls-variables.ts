/** What was agreed upon in the handshake of TLS, and what the client's certificate says. Without TLS there is none of it. */

import type { Clock } from '../../../kernel/clock.ts';
import type { TlsFacts } from '../../../protocol/http/exchange.ts';
import type { PeerCertificate, PeerTls } from '../../../protocol/http/peer-tls.ts';
import { cipherSuiteName } from '../../../protocol/tls/cipher-suites.ts';
import { groupName } from '../../../protocol/tls/groups.ts';
import type { VariableFor } from '../subject.ts';
import type { VariableTable } from './variable.ts';

/** Of one connection; undefined: TLS is not spoken on it. */
export interface SecuredFacts<S> {
  facts(subject: S): TlsFacts | undefined;
  tls(subject: S): PeerTls | undefined;
}

export function tlsVariables(clock: Clock): VariableTable {
  return variablesOf(clock, {
    facts: ({ exchange }) => exchange.origin.tls,
    tls: ({ exchange }) => exchange.peer.tls,
  });
}

/** `of`: whatever they are variables of. */
export function variablesOf<S>(clock: Clock, of: SecuredFacts<S>): Readonly<Record<string, VariableFor<S>>> {
  const ofTls =
    (value: (facts: TlsFacts) => string | undefined): VariableFor<S> =>
    (subject) => {
      const facts = of.facts(subject);
      return facts && value(facts);
    };
  const ofPeer =
    (value: (tls: PeerTls) => string | undefined): VariableFor<S> =>
    (subject) => {
      const tls = of.tls(subject);
      return tls === undefined || tls.isMissing ? undefined : value(tls);
    };
  const ofCertificate = (value: (certificate: PeerCertificate) => string): VariableFor<S> =>
    ofPeer(({ certificate }) => certificate && value(certificate));
  return {
    ssl_protocol: ofTls(({ protocol }) => protocol),
    ssl_cipher: ofTls(({ cipher }) => cipher),
    ssl_ciphers: ofPeer(({ hello }) => hello?.cipherSuites.map(cipherSuiteName).join(':')),
    ssl_curve: ofPeer(({ curve }) => curve),
    ssl_curves: ofPeer(({ hello }) => hello?.groups.map(groupName).join(':')),
    ssl_session_id: ofPeer(({ sessionId }) => sessionId),
    ssl_session_reused: ofPeer(({ isResumed }) => (isResumed ? 'r' : '.')),
    ssl_server_name: ofPeer(({ serverName }) => serverName),
    ssl_alpn_protocol: ofPeer(({ protocol }) => protocol),
    ssl_early_data: () => undefined,
    ssl_sigalg: () => undefined,
    ssl_client_sigalg: () => undefined,
    ssl_client_verify: ofPeer(({ certificate, certificateFault }) =>
      certificate === undefined
        ? 'NONE'
        : certificateFault === undefined
          ? 'SUCCESS'
          : `FAILED:${certificateFault.words}`,
    ),
    ssl_client_s_dn: ofCertificate(({ subject }) => subject),
    ssl_client_i_dn: ofCertificate(({ issuer }) => issuer),
    ssl_client_s_dn_legacy: ofCertificate(({ subjectOneLine }) => subjectOneLine),
    ssl_client_i_dn_legacy: ofCertificate(({ issuerOneLine }) => issuerOneLine),
    ssl_client_serial: ofCertificate(({ serial }) => serial),
    ssl_client_fingerprint: ofCertificate(({ fingerprint }) => fingerprint),
    ssl_client_v_start: ofCertificate(({ validFrom }) => validFrom),
    ssl_client_v_end: ofCertificate(({ validTo }) => validTo),
    ssl_client_v_remain: ofCertificate(({ validToMs }) => daysLeft(validToMs - clock.nowMs())),
    ssl_client_raw_cert: ofCertificate(({ pem }) => pem),
    // A field's value is one line: nginx continues it with tabs, which was allowed once.
    ssl_client_cert: ofCertificate(({ pem }) => pem.trimEnd().replaceAll('\n', '\n\t')),
    ssl_client_escaped_cert: ofCertificate(({ pem }) => encodeURIComponent(pem)),
  };
}

const DAY_MS = 86_400_000;

/** Whole days. */
function daysLeft(leftMs: number): string {
  return String(Math.max(0, Math.floor(leftMs / DAY_MS)));
}
