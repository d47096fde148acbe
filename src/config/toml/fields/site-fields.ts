/** A site and its locations, as portico.toml has them: the keys that no other place has. */

import { failure } from '../../../kernel/outcome.ts';
import type { ConnectionRules } from '../../model/connection.ts';
import type { CertificateFiles, ServerName } from '../../model/server-model.ts';
import type { NamedKeyFiles, SiteTls } from '../../model/site-tls.ts';
import { USUAL_TLS } from '../../model/site-tls.ts';
import type { Template } from '../../model/template.ts';
import { renderServerName } from '../../render-server-name.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import type { Listen } from '../listen.ts';
import { parseListen, renderListen } from '../listen.ts';
import { noteMatch } from '../note-names.ts';
import { choice, DURATION, FLAG, integer, PATH, PATH_TEMPLATE, SIZE, scalar, TEXT } from '../scalars.ts';
import { parseServerName } from '../server-name.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';
import { CLIENT_STATUS_FIELDS } from './client-status-fields.ts';
import { CONNECTION_FIELDS } from './connection-fields.ts';
import { STAPLING_FIELDS } from './stapling-fields.ts';

const SERVER_NAMES: Kind<readonly ServerName[]> = scalar<readonly ServerName[]>({
  words: 'a name',
  schema: { type: 'string' },
  parse: (value) => (typeof value === 'string' ? parseServerName(value) : failure(`${describe(value)} is not a name`)),
  render: ([first]) => (first === undefined ? '' : renderServerName(first)),
  note: (names, path, reading) => {
    for (const name of names) noteMatch(name, path, reading);
  },
});

const LISTEN: Kind<Listen> = scalar<Listen>({
  words: '`ADDRESS`, with `tls`, `http2`, `default`, `proxy-header`, `ipv6-only`, `backlog=N` behind it',
  schema: { type: ['string', 'integer'] },
  parse: (value) =>
    typeof value === 'string' || typeof value === 'number'
      ? parseListen(String(value))
      : failure(`${describe(value)} is not an address`),
  render: renderListen,
});

const CERTIFICATE: Kind<CertificateFiles> = table<CertificateFiles>(
  {
    certFile: required<string>('certificate', PATH, '', 'A PEM file: the certificate, and those that sign it.'),
    keyFile: field<string>('key', PATH, '', "Its key; empty: it is in the certificate's file."),
    password: field<string>('password', TEXT, '', "The key's password."),
    passwordFile: field<string | undefined>(
      'password-file',
      PATH,
      undefined,
      'A file of passwords, one a line: each is tried.',
    ),
  },
  { short: { name: 'certificate', isShort: (value) => typeof value === 'string' } },
);

const NAMED_CERTIFICATE: Fields<NamedKeyFiles> = {
  certFile: required<Template>(
    'certificate',
    PATH_TEMPLATE,
    '',
    'A PEM file: the certificate, and those that sign it. Behind `data:` stands what would be in the file.',
  ),
  keyFile: required<Template>('key', PATH_TEMPLATE, '', 'Its key.'),
  passwordFile: field<string>('password-file', PATH, '', 'A file of passwords, one a line: each is tried.'),
};

/** TLS of a site, with its certificates in place of their numbers. */
export type WrittenTls = Omit<SiteTls, 'certificates'> & { readonly certificates: readonly CertificateFiles[] };

export const TLS_FIELDS: Fields<WrittenTls> = {
  certificates: field<readonly CertificateFiles[]>(
    'certificates',
    list(CERTIFICATE),
    [],
    "One for each kind of key; nothing: those of the address's default site.",
  ),
  namedCertificates: field<readonly NamedKeyFiles[]>(
    'named-certificates',
    list(table(NAMED_CERTIFICATE)),
    [],
    'In their place: files that each handshake finds by variables, as `/etc/certs/$ssl_server_name.pem`.',
  ),
  rejectsHandshake: field<boolean>(
    'reject-handshake',
    FLAG,
    USUAL_TLS.rejectsHandshake,
    'Refuse handshakes that name the site, or no site, before any certificate is shown.',
  ),
  protocols: field<SiteTls['protocols']>(
    'protocols',
    list(choice('TLSv1.2', 'TLSv1.3')),
    USUAL_TLS.protocols,
    'The versions that are spoken; empty: both.',
  ),
  ciphers: field<string>('ciphers', TEXT, USUAL_TLS.ciphers, "As OpenSSL writes them; empty: Mozilla's intermediate."),
  prefersServerCiphers: field<boolean>(
    'prefer-server-ciphers',
    FLAG,
    USUAL_TLS.prefersServerCiphers,
    "The server's order of ciphers counts, and not the client's.",
  ),
  prioritizesChaCha: field<boolean>(
    'prioritize-chacha',
    FLAG,
    USUAL_TLS.prioritizesChaCha,
    "ChaCha20 comes before the server's order for a client that puts it first, as those do that have no AES in hardware.",
  ),
  curves: field<string>('curves', TEXT, USUAL_TLS.curves, 'Groups of the key exchange, as OpenSSL names them.'),
  signatures: field<string>(
    'signatures',
    TEXT,
    USUAL_TLS.signatures,
    "Algorithms of signatures, as OpenSSL names them; empty: OpenSSL's.",
  ),
  dhParams: field<string>('dh-params', PATH, USUAL_TLS.dhParams, 'A PEM file: parameters of DHE.'),
  clients: field<SiteTls['clients']>(
    'client-certificates',
    choice('none', 'optional', 'required', 'unverified'),
    USUAL_TLS.clients,
    'Whether clients are asked for one; `unverified`: one that nobody known has signed is taken as well.',
  ),
  caCerts: field<string>(
    'client-ca',
    PATH,
    USUAL_TLS.caCerts,
    'The authorities that sign the certificates of clients, which clients are told of.',
  ),
  trustedCerts: field<string>(
    'client-ca-more',
    PATH,
    USUAL_TLS.trustedCerts,
    'Further authorities of clients, which they are not told of.',
  ),
  crl: field<string>('client-crl', PATH, USUAL_TLS.crl, 'A PEM file: certificates of clients that are revoked.'),
  verifyDepth: field<number>(
    'client-depth',
    integer(0, 100),
    USUAL_TLS.verifyDepth,
    "How many authorities may be between a client's certificate and one that is known.",
  ),
  ...CLIENT_STATUS_FIELDS,
  sessionMs: field<number>(
    'session-timeout',
    DURATION,
    USUAL_TLS.sessionMs,
    'How long a session may be taken up again.',
  ),
  usesTickets: field<boolean>(
    'session-tickets',
    FLAG,
    USUAL_TLS.usesTickets,
    'Clients keep their sessions as tickets.',
  ),
  keepsSessions: field<boolean>(
    'session-cache',
    FLAG,
    USUAL_TLS.keepsSessions,
    'Without tickets, the server keeps the sessions.',
  ),
  ticketKeyFiles: field<readonly string[]>(
    'session-ticket-keys',
    list(PATH),
    USUAL_TLS.ticketKeyFiles,
    "Files of 48 or 80 bytes that several servers share: the first seals tickets, all open them; empty: the server's own keys.",
  ),
  recordBytesMax: field<number>(
    'record-size',
    SIZE,
    USUAL_TLS.recordBytesMax,
    'The most that is encrypted in one piece.',
  ),
  ...STAPLING_FIELDS,
};

export interface WrittenSite {
  readonly names: readonly (readonly ServerName[])[];
  readonly listen: readonly Listen[];
  readonly tls: WrittenTls | undefined;
  readonly connection: ConnectionRules | undefined;
}

export const SITE_FIELDS: Fields<WrittenSite> = {
  names: field<WrittenSite['names']>(
    'names',
    list(SERVER_NAMES, 'a list of names'),
    [],
    'The names by which it is asked for.',
  ),
  listen: field<readonly Listen[]>(
    'listen',
    list(LISTEN, 'a list of addresses'),
    [],
    'Where it is served; nothing: as `[server]` says.',
  ),
  tls: field<WrittenTls | undefined>('tls', table(TLS_FIELDS), undefined, 'Its certificates.'),
  connection: field<ConnectionRules | undefined>(
    'connection',
    table(CONNECTION_FIELDS),
    undefined,
    'Rules of its connections.',
  ),
};

export interface WrittenLocation {
  readonly isInternal: boolean;
  readonly redirectsToSlash: boolean;
}

export const LOCATION_FIELDS: Fields<WrittenLocation> = {
  isInternal: field<boolean>('internal', FLAG, false, 'Answers only what the server itself has sent here.'),
  redirectsToSlash: field<boolean>(
    'redirect-to-slash',
    FLAG,
    false,
    'Redirect the prefix without its final slash to it.',
  ),
};
