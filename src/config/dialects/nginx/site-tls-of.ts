/** The TLS of a server, with nginx's defaults where nothing is said. */

import type { Pool } from '../../model/pool.ts';
import type { CertificateFiles } from '../../model/server-model.ts';
import type { SiteTls } from '../../model/site-tls.ts';
import { RECORD_BYTES_MAX } from '../../model/site-tls.ts';
import { CERTIFICATE_KEYS, CERTIFICATES, REJECTS_HANDSHAKES } from './directives/certificates.ts';
import { clientStatusOf } from './directives/client-status.ts';
import { fileTemplate } from './directives/proxy-tls.ts';
import { resolverOf } from './directives/resolvers.ts';
import { TLS_KEYS } from './directives/site-tls.ts';
import type { Draft, DraftKey } from './draft.ts';
import { commandText, protocolsOf, tlsCommands, tlsOptions } from './tls-commands.ts';

/** What OpenSSL has for TLS 1.3, of which nginx's list of ciphers says nothing. */
const CIPHERS_13 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
const CIPHERS_12 = 'HIGH:!aNULL:!MD5';
/** With variables, or the certificate itself: where one of a server is so, nginx reads all of them with each handshake. */
const NO_FILE = /\$|^data:/;
const SESSION_SECONDS = 300;
const VERIFY_DEPTH = 1;

export function siteTlsOf(server: Draft, certificates: Pool<CertificateFiles>, confPrefix: string): SiteTls {
  const absolute = (name = ''): string => (name === '' || name.startsWith('/') ? name : `${confPrefix}${name}`);
  const path = (key: DraftKey<string>): string => absolute(server.get(key));
  const commands = tlsCommands(server.get(TLS_KEYS.commands));
  const [keys, said] = [server.get(CERTIFICATE_KEYS) ?? [], server.get(CERTIFICATES) ?? []];
  const override = commandText(commands, 'certificate');
  const isNamed = override === undefined && [...said, ...keys].some(({ name }) => NO_FILE.test(name));
  const pairs =
    override === undefined
      ? said.map(({ name }, index) => [name, keys[index]?.name] as const)
      : [[override, commandText(commands, 'privatekey')] as const];
  const passwords =
    server.get(TLS_KEYS.passwordFile) === undefined ? {} : { passwordFile: path(TLS_KEYS.passwordFile) };
  const files = pairs.map(([certFile, keyFile]) => ({
    ...{ certFile: absolute(certFile), keyFile: absolute(keyFile), password: '' },
    ...passwords,
  }));
  const curves = commandText(commands, 'groups', 'curves') ?? server.get(TLS_KEYS.curves) ?? '';
  const ciphers12 = commandText(commands, 'cipherstring') ?? server.get(TLS_KEYS.ciphers) ?? CIPHERS_12;
  const options = tlsOptions(server.get(TLS_KEYS.commands));
  return {
    certificates: isNamed ? [] : files.map((each) => certificates.add(each)),
    namedCertificates: isNamed
      ? said.map(({ template }, index) => ({
          certFile: fileTemplate(template, absolute),
          keyFile: fileTemplate(keys[index]?.template ?? '', absolute),
          passwordFile: path(TLS_KEYS.passwordFile),
        }))
      : [],
    rejectsHandshake: server.get(REJECTS_HANDSHAKES) ?? false,
    // Of two words that leave nothing together, the newest version is what is safe.
    protocols: protocolsOf(server.get(TLS_KEYS.protocols) ?? [], commands) ?? ['TLSv1.3'],
    ciphers: `${commandText(commands, 'ciphersuites') ?? CIPHERS_13}:${ciphers12}`,
    prefersServerCiphers: options.get('serverpreference') ?? server.get(TLS_KEYS.prefersServerCiphers) ?? false,
    prioritizesChaCha: options.get('prioritizechacha') ?? false,
    curves: curves === 'auto' ? '' : curves,
    signatures: commandText(commands, 'signaturealgorithms') ?? '',
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
