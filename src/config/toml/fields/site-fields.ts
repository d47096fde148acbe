/** A site and its locations, as portico.toml has them: the keys that no other place has. */

import { failure } from '../../../kernel/outcome.ts';
import type { ConnectionRules } from '../../model/connection.ts';
import type { CertificateFiles, ServerName, SiteTls } from '../../model/server-model.ts';
import { renderServerName } from '../../render-server-name.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import type { Listen } from '../listen.ts';
import { parseListen, renderListen } from '../listen.ts';
import { noteMatch } from '../note-names.ts';
import { choice, FLAG, PATH, scalar, TEXT } from '../scalars.ts';
import { parseServerName } from '../server-name.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';
import { CONNECTION_FIELDS } from './connection-fields.ts';

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
  },
  { short: { name: 'certificate', isShort: (value) => typeof value === 'string' } },
);

/** TLS of a site, with its certificates in place of their numbers. */
export type WrittenTls = Omit<SiteTls, 'certificates'> & { readonly certificates: readonly CertificateFiles[] };

const TLS: Kind<WrittenTls> = table<WrittenTls>({
  certificates: required<readonly CertificateFiles[]>(
    'certificates',
    list(CERTIFICATE),
    [],
    'One for each kind of key.',
  ),
  caCerts: field<string>('client-ca', PATH, '', 'The authorities that sign the certificates of clients.'),
  clients: field<SiteTls['clients']>(
    'client-certificates',
    choice('none', 'optional', 'required'),
    'none',
    'Whether clients are asked for one.',
  ),
  ciphers: field<string>('ciphers', TEXT, '', 'As OpenSSL writes them.'),
  protocols: field<SiteTls['protocols']>(
    'protocols',
    list(choice('TLSv1.2', 'TLSv1.3')),
    [],
    'The versions that are spoken; empty: both.',
  ),
});

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
  tls: field<WrittenTls | undefined>('tls', TLS, undefined, 'Its certificates.'),
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
