/** What was agreed upon in the handshake of TLS. Without TLS there is none of it. */

import type { ClientCertificate, TlsFacts } from '../../../protocol/http/exchange.ts';
import type { Variable, VariableTable } from './variable.ts';

export const TLS_VARIABLES: VariableTable = {
  ssl_protocol: ofTls(({ protocol }) => protocol),
  ssl_cipher: ofTls(({ cipher }) => cipher),
  ssl_client_verify: ofTls(({ client }) => (client === undefined ? 'NONE' : 'SUCCESS')),
  ssl_client_s_dn: ofClient(({ subject }) => bytes(subject)),
  ssl_client_i_dn: ofClient(({ issuer }) => bytes(issuer)),
  ssl_client_raw_cert: ofClient(({ chain }) => chain[0]),
  // A field's value is one line: nginx continues it with tabs, which was allowed once.
  ssl_client_cert: ofClient(({ chain }) => chain[0]?.trimEnd().replaceAll('\n', '\n\t')),
  ssl_client_escaped_cert: ofClient(({ chain }) => chain[0] && encodeURIComponent(chain[0])),
  ssl_session_reused: ofTls(() => '.'),
  ssl_early_data: () => undefined,
  ssl_ciphers: () => undefined,
  ssl_curve: () => undefined,
  ssl_curves: () => undefined,
  ssl_session_id: () => undefined,
  ssl_server_name: () => undefined,
  ssl_alpn_protocol: () => undefined,
  ssl_sigalg: () => undefined,
  ssl_client_sigalg: () => undefined,
  ssl_client_s_dn_legacy: () => undefined,
  ssl_client_i_dn_legacy: () => undefined,
  ssl_client_serial: () => undefined,
  ssl_client_fingerprint: () => undefined,
  ssl_client_v_start: () => undefined,
  ssl_client_v_end: () => undefined,
  ssl_client_v_remain: () => undefined,
};

function ofTls(value: (facts: TlsFacts) => string | undefined): Variable {
  return ({ exchange }) => exchange.origin.tls && value(exchange.origin.tls);
}

function ofClient(value: (certificate: ClientCertificate) => string | undefined): Variable {
  return ofTls(({ client }) => client && value(client));
}

function bytes(text: string): string {
  return Buffer.from(text).latin1Slice();
}
