/** The TLS of a server, with nginx's defaults where nothing is said. */

import type { Pool } from '../../model/pool.ts';
import type { CertificateFiles } from '../../model/server-model.ts';
import type { SiteTls, TlsVersion } from '../../model/site-tls.ts';
import { RECORD_BYTES_MAX } from '../../model/site-tls.ts';
import { CERTIFICATE_KEYS, CERTIFICATES, REJECTS_HANDSHAKES } from './directives/certificates.ts';
import { clientStatusOf } from './directives/client-status.ts';
import { resolverOf } from './directives/resolvers.ts';
import type { TlsCommand } from './directives/site-tls.ts';
import { TLS_KEYS } from './directives/site-tls.ts';
import type { Draft, DraftKey } from './draft.ts';

/** What OpenSSL has for TLS 1.3, of which nginx's list of ciphers says nothing. */
const CIPHERS_13 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
const CIPHERS_12 = 'HIGH:!aNULL:!MD5';
const SESSION_SECONDS = 300;
const VERIFY_DEPTH = 1;

export function siteTlsOf(server: Draft, certificates: Pool<CertificateFiles>, confPrefix: string): SiteTls {
  const absolute = (name = ''): string => (name === '' || name.startsWith('/') ? name : `${confPrefix}${name}`);
  const path = (key: DraftKey<string>): string => absolute(server.get(key));
  const commands = new Map((server.get(TLS_KEYS.commands) ?? []).map((each) => [each.name, each]));
  const [keys, said] = [server.get(CERTIFICATE_KEYS) ?? [], server.get(CERTIFICATES) ?? []];
  const override = commandText(commands, 'certificate');
  const pairs =
    override === undefined
      ? said.map(({ name }, index) => [name, keys[index]] as const)
      : [[override, commandText(commands, 'privatekey')] as const];
  const passwords =
    server.get(TLS_KEYS.passwordFile) === undefined ? {} : { passwordFile: path(TLS_KEYS.passwordFile) };
  const files = pairs.map(([certFile, keyFile]) => ({
    ...{ certFile: absolute(certFile), keyFile: absolute(keyFile), password: '' },
    ...passwords,
  }));
  const curves = commandText(commands, 'groups', 'curves') ?? server.get(TLS_KEYS.curves) ?? '';
  const ciphers12 = commandText(commands, 'cipherstring') ?? server.get(TLS_KEYS.ciphers) ?? CIPHERS_12;
  const options = optionsOf(server);
  return {
    certificates: files.map((each) => certificates.add(each)),
    rejectsHandshake: server.get(REJECTS_HANDSHAKES) ?? false,
    protocols: protocolsOf(server.get(TLS_KEYS.protocols) ?? [], commands),
    ciphers: `${commandText(commands, 'ciphersuites') ?? CIPHERS_13}:${ciphers12}`,
    prefersServerCiphers: options.get('serverpreference') ?? server.get(TLS_KEYS.prefersServerCiphers) ?? false,
    curves: curves === 'auto' ? '' : curves,
    dhParams: path(TLS_KEYS.dhParams),
    clients: server.get(TLS_KEYS.clients)?.value ?? 'none',
    caCerts: path(TLS_KEYS.caCerts),
    trustedCerts: path(TLS_KEYS.trustedCerts),
    crl: path(TLS_KEYS.crl),
    verifyDepth: server.get(TLS_KEYS.verifyDepth) ?? VERIFY_DEPTH,
    ...clientStatusOf(server),
    sessionMs: (server.get(TLS_KEYS.sessionSeconds) ?? SESSION_SECONDS) * 1000,
    usesTickets: options.get('sessionticket') ?? server.get(TLS_KEYS.usesTickets) ?? true,
    keepsSessions: server.get(TLS_KEYS.keepsSessions) ?? false,
    ticketKeyFiles: (server.get(TLS_KEYS.ticketKeyFiles) ?? []).map(absolute),
    recordBytesMax: Math.min(RECORD_BYTES_MAX, server.get(TLS_KEYS.bufferBytes) ?? RECORD_BYTES_MAX),
    ...staplingOf(server, path(TLS_KEYS.staplingFile)),
  };
}

/** Unless told, nginx does not ask who has signed. */
function staplingOf(server: Draft, staplingFile: string): StaplingOf {
  const isOn = server.get(TLS_KEYS.staples) === true;
  return {
    staples: isOn ? 'always' : 'never',
    staplingFile: isOn ? staplingFile : '',
    staplingResponder: (isOn && server.get(TLS_KEYS.staplingResponder)) || '',
    staplingSigner: server.get(TLS_KEYS.staplingVerifies) === true ? 'trusted' : 'anybody',
    staplingResolver: isOn ? resolverOf(server) : undefined,
  };
}

type StaplingOf = Pick<
  SiteTls,
  'staples' | 'staplingFile' | 'staplingResponder' | 'staplingSigner' | 'staplingResolver'
>;

/** The last word about each counts; one with a minus in front turns it off. */
function optionsOf(server: Draft): ReadonlyMap<string, boolean> {
  const words = (server.get(TLS_KEYS.commands) ?? [])
    .filter(({ name }) => name === 'options')
    .flatMap(({ value }) => value.toLowerCase().split(/\s*,\s*/));
  return new Map(words.map((word) => [word.replace('-', ''), !word.startsWith('-')]));
}

function commandText(commands: ReadonlyMap<string, TlsCommand>, ...names: readonly string[]): string | undefined {
  return names.map((name) => commands.get(name)?.value).find((value) => value !== undefined);
}

const VERSIONS: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** Of a command, the lowest and the highest that is spoken, or a list: `ALL,-TLSv1.2`, `TLSv1.3`. */
function protocolsOf(said: readonly TlsVersion[], commands: ReadonlyMap<string, TlsCommand>): readonly TlsVersion[] {
  const names: readonly (string | undefined)[] = VERSIONS;
  const lowest = names.indexOf(commandText(commands, 'minprotocol'));
  const highest = names.indexOf(commandText(commands, 'maxprotocol'));
  const list = commandText(commands, 'protocol')?.split(/\s*,\s*/);
  const spoken = VERSIONS.filter(
    (version, index) =>
      index >= lowest &&
      (highest === -1 || index <= highest) &&
      (said.length === 0 || said.includes(version)) &&
      (list === undefined || isSpoken(version, list)),
  );
  return spoken.length === VERSIONS.length ? [] : spoken;
}

function isSpoken(version: TlsVersion, list: readonly string[]): boolean {
  const last = list.findLast((word) => word.replace(/^[+-]/, '') === version || /^-?all$/i.test(word));
  return last !== undefined && !last.startsWith('-');
}
