/** What the TLS of a server goes by: protocols, ciphers, sessions, and the certificates of clients. */

import type { ClientCertificatesAsked, TlsVersion } from '../../../model/site-tls.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import type { TlsCommand } from '../tls-commands.ts';
import { readTlsCommand } from '../tls-commands.ts';
import { CERTIFICATE_KEYS, CERTIFICATES, checkSessionCache, REJECTS_HANDSHAKES } from './certificates.ts';
import { HTTP_SERVER } from './contexts.ts';
import { keep } from './keep.ts';
import { keepResponder } from './responder-address.ts';

/** Where each directive of TLS may be, whatever is spoken over it. */
export const TLS = 'http server stream stream-server mail mail-server';
export const STREAMED = 'http server stream stream-server';

interface Said<T> {
  readonly value: T;
  readonly place: Place;
}

interface TlsKeys {
  readonly protocols: DraftKey<readonly TlsVersion[]>;
  readonly ciphers: DraftKey<string>;
  readonly prefersServerCiphers: DraftKey<boolean>;
  readonly curves: DraftKey<string>;
  readonly dhParams: DraftKey<string>;
  readonly clients: DraftKey<Said<ClientCertificatesAsked>>;
  readonly verifyDepth: DraftKey<number>;
  readonly caCerts: DraftKey<string>;
  readonly trustedCerts: DraftKey<string>;
  readonly crl: DraftKey<string>;
  readonly sessionSeconds: DraftKey<number>;
  readonly usesTickets: DraftKey<boolean>;
  readonly keepsSessions: DraftKey<boolean>;
  readonly ticketKeyFiles: DraftKey<readonly string[]>;
  readonly bufferBytes: DraftKey<number>;
  readonly passwordFile: DraftKey<string>;
  readonly isOn: DraftKey<boolean>;
  readonly commands: DraftKey<readonly TlsCommand[]>;
  readonly staples: DraftKey<boolean>;
  readonly staplingFile: DraftKey<string>;
  readonly staplingResponder: DraftKey<string>;
  readonly staplingVerifies: DraftKey<boolean>;
}

export const TLS_KEYS: TlsKeys = {
  protocols: draftKey('ssl_protocols'),
  ciphers: draftKey('ssl_ciphers'),
  prefersServerCiphers: draftKey('ssl_prefer_server_ciphers'),
  curves: draftKey('ssl_ecdh_curve'),
  dhParams: draftKey('ssl_dhparam'),
  clients: draftKey('ssl_verify_client'),
  verifyDepth: draftKey('ssl_verify_depth'),
  caCerts: draftKey('ssl_client_certificate'),
  trustedCerts: draftKey('ssl_trusted_certificate'),
  crl: draftKey('ssl_crl'),
  sessionSeconds: draftKey('ssl_session_timeout'),
  usesTickets: draftKey('ssl_session_tickets'),
  keepsSessions: draftKey('ssl_session_cache'),
  ticketKeyFiles: draftKey('ssl_session_ticket_key'),
  bufferBytes: draftKey('ssl_buffer_size'),
  passwordFile: draftKey('ssl_password_file'),
  isOn: draftKey('ssl'),
  commands: draftKey('ssl_conf_command'),
  staples: draftKey('ssl_stapling'),
  staplingFile: draftKey('ssl_stapling_file'),
  staplingResponder: draftKey('ssl_stapling_responder'),
  staplingVerifies: draftKey('ssl_stapling_verify'),
};

const PROTOCOLS = 'SSLv2|SSLv3|TLSv1|TLSv1.1|TLSv1.2|TLSv1.3...';
const SPOKEN: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** Old versions are broken (RFC 8996, RFC 7568), and no client of the last ten years needs them. Those beside newer ones are told of as a trap. */
function readProtocols(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const spoken = SPOKEN.filter((version) => args.texts().includes(version));
  if (spoken.length === 0) {
    report('nginx.refused', args.place(0), `"${args.texts().join(' ')}" is not spoken`, {
      hint: 'It can be broken (RFC 8996). Write: ssl_protocols TLSv1.2 TLSv1.3;',
    });
  }
  draft.set(TLS_KEYS.protocols, spoken);
}

const ASKED: Readonly<Record<string, ClientCertificatesAsked>> = {
  off: 'none',
  on: 'required',
  optional: 'optional',
  optional_no_ca: 'unverified',
};

function readCommand(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const command = readTlsCommand(args, report, 'server');
  if (command !== undefined) {
    draft.append(TLS_KEYS.commands, command);
  }
}

/** `ssl on;` says it for all addresses of a server. */
export function speaksTls(server: Draft, listen: { readonly speaksTls: boolean }): boolean {
  return listen.speaksTls || server.get(TLS_KEYS.isOn) === true;
}

/** When all of `http` has been read: whoever asks clients for certificates knows who signs them. */
export function checkClientCertificates(http: Draft, report: NginxReport): void {
  for (const server of http.children.filter(({ kind }) => kind === 'server')) {
    const asked = server.get(TLS_KEYS.clients);
    const isSecure = server.get(CERTIFICATES) !== undefined || server.get(REJECTS_HANDSHAKES) === true;
    const known = [TLS_KEYS.caCerts, TLS_KEYS.trustedCerts].some((key) => (server.get(key) ?? '') !== '');
    if (isSecure && !known && (asked?.value === 'required' || asked?.value === 'optional')) {
      report('nginx.conflict', asked.place, 'no ssl_client_certificate for ssl_verify_client', {
        hint: 'Write ssl_client_certificate FILE; with the authorities that sign the certificates of clients.',
      });
    }
  }
}

function readSessionCache(args: GivenArguments, draft: Draft, report: NginxReport): void {
  checkSessionCache(args, draft, report);
  draft.set(
    TLS_KEYS.keepsSessions,
    args.texts().some((text) => /^(?:builtin|shared)/.test(text)),
  );
}

const keepText = (key: DraftKey<string>): Apply => keep(key, (args) => args.text(0));

export const SITE_TLS_ROWS: readonly Row[] = [
  ...repeatable([
    row('ssl_certificate', TLS, 'text', 'The certificate, and those between it and its authority.', {
      apply: (args, draft) =>
        draft.append(CERTIFICATES, { name: args.text(0), template: args.template(0), place: args.place(0) }),
    }),
    row('ssl_certificate_key', TLS, 'text', 'The key of the certificate.', {
      apply: (args, draft) => draft.append(CERTIFICATE_KEYS, { name: args.text(0), template: args.template(0) }),
    }),
    row('ssl_protocols', TLS, PROTOCOLS, 'Versions of TLS that are spoken.', { apply: readProtocols }),
    row('ssl_session_ticket_key', TLS, 'path', 'A key that encrypts tickets.', {
      apply: (args, draft) => draft.append(TLS_KEYS.ticketKeyFiles, args.text(0)),
    }),
    row('ssl_session_cache', TLS, 'plain [plain]', 'Where sessions are kept.', { apply: readSessionCache }),
    row('ssl_conf_command', TLS, 'plain plain', 'A setting of OpenSSL.', { apply: readCommand }),
  ]),
  row('ssl_password_file', TLS, 'path', 'Passwords of keys.', { apply: keepText(TLS_KEYS.passwordFile) }),
  row('ssl_dhparam', TLS, 'path', 'Parameters of an older exchange of keys.', { apply: keepText(TLS_KEYS.dhParams) }),
  row('ssl_ecdh_curve', TLS, 'plain', 'Curves of the exchange of keys.', { apply: keepText(TLS_KEYS.curves) }),
  row('ssl_ciphers', TLS, 'plain', 'Ciphers that may be used.', { apply: keepText(TLS_KEYS.ciphers) }),
  row('ssl_verify_client', TLS, 'off|on|optional|optional_no_ca', 'Whether clients have to show a certificate.', {
    apply: keep(TLS_KEYS.clients, (args) => ({ value: ASKED[args.word(0)] ?? 'none', place: args.place(0) })),
  }),
  row('ssl_verify_depth', TLS, 'number', "How many certificates may be between a client's and its authority's.", {
    apply: keep(TLS_KEYS.verifyDepth, (args) => args.number(0)),
  }),
  row('ssl_client_certificate', TLS, 'path', "Authorities of clients' certificates, which are told to clients.", {
    apply: keepText(TLS_KEYS.caCerts),
  }),
  row('ssl_trusted_certificate', TLS, 'path', "Further authorities of clients' certificates.", {
    apply: keepText(TLS_KEYS.trustedCerts),
  }),
  row('ssl_prefer_server_ciphers', TLS, 'flag', 'Whether the server chooses the cipher.', {
    apply: keep(TLS_KEYS.prefersServerCiphers, (args) => args.flag(0)),
  }),
  row('ssl_session_tickets', TLS, 'flag', 'Whether clients keep their sessions themselves.', {
    apply: keep(TLS_KEYS.usesTickets, (args) => args.flag(0)),
  }),
  row('ssl_session_timeout', TLS, 'sec', 'How long a session may be taken up again.', {
    apply: keep(TLS_KEYS.sessionSeconds, (args) => args.number(0)),
  }),
  row('ssl_crl', TLS, 'path', 'Certificates that are revoked.', { apply: keepText(TLS_KEYS.crl) }),
  row('ssl_reject_handshake', STREAMED, 'flag', 'Whether handshakes are refused.', {
    apply: keep(REJECTS_HANDSHAKES, (args) => args.flag(0)),
  }),
  row('ssl_buffer_size', HTTP_SERVER, 'size', 'How much is encrypted at a time.', {
    apply: keep(TLS_KEYS.bufferBytes, (args) => args.number(0)),
  }),
  row('ssl', 'http server mail mail-server', 'flag', 'Whether TLS is spoken on all addresses.', {
    apply: keep(TLS_KEYS.isOn, (args) => args.flag(0)),
  }),
  row('ssl_stapling', STREAMED, 'flag', "Whether the authority's word about the certificate is sent with it.", {
    apply: keep(TLS_KEYS.staples, (args) => args.flag(0)),
  }),
  row('ssl_stapling_file', STREAMED, 'path', "The authority's word, from a file.", {
    apply: keepText(TLS_KEYS.staplingFile),
  }),
  row('ssl_stapling_responder', STREAMED, 'plain', "Who is asked for the authority's word.", {
    apply: keepResponder(TLS_KEYS.staplingResponder),
  }),
  row('ssl_stapling_verify', STREAMED, 'flag', "Whether the authority's word is checked.", {
    apply: keep(TLS_KEYS.staplingVerifies, (args) => args.flag(0)),
  }),
  ...accepted('Early data can be sent again by whoever has recorded it, and is never taken.', [
    row('ssl_early_data', HTTP_SERVER, 'flag', 'Whether data may come before the handshake is done.'),
  ]),
];
