/** The rows of the settings table that concern TLS. */

import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { parseBindAddress } from './bind-address.ts';
import type { ClientCertificates, ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, each, last } from './setting.ts';
import { parseText } from './setting-values.ts';

type TlsKey = 'insecureBinds' | 'certFile' | 'keyFile' | 'keyPassword' | 'caCerts' | 'certReqs' | 'ciphers';

export const TLS_SETTINGS: { readonly [K in TlsKey]: Setting<ServeOptions[K]> } = {
  certFile: {
    flag: 'certfile',
    value: 'PATH',
    group: 'TLS',
    doc: 'Speak TLS (1.2 and 1.3) on every --bind, with this certificate: PEM, its own first, then those that signed it.',
    fallbackText: 'none',
    fallback: always(''),
    parse: last(parseText),
  },
  keyFile: {
    flag: 'keyfile',
    value: 'PATH',
    group: 'TLS',
    doc: "The certificate's private key, PEM. Read before --user takes effect, so it may be root's alone.",
    fallbackText: 'in the file of the certificate',
    fallback: always(''),
    parse: last(parseText),
  },
  keyPassword: {
    flag: 'keyfile-password',
    value: 'TEXT',
    group: 'TLS',
    doc: 'What the private key is encrypted with. Others see command lines: give it in the environment.',
    fallbackText: 'none',
    fallback: always(''),
    parse: last(parseText),
  },
  caCerts: {
    flag: 'ca-certs',
    value: 'PATH',
    group: 'TLS',
    doc: 'Who signs the certificates of clients, PEM. Asks clients for one.',
    fallbackText: 'none',
    fallback: always(''),
    parse: last(parseText),
  },
  certReqs: {
    flag: 'cert-reqs',
    value: 'MODE',
    group: 'TLS',
    doc: 'Whether clients need a certificate: none, optional (but a good one), or required. 0, 1 and 2 mean the same.',
    fallbackText: 'required with --ca-certs, else none',
    fallback: always('auto'),
    parse: last(parseClientCertificates),
  },
  ciphers: {
    flag: 'ciphers',
    value: 'LIST',
    group: 'TLS',
    doc: "Cipher suites, in OpenSSL's words, with colons between them. Those of TLS 1.3 begin with TLS_; with these alone there is no TLS 1.2.",
    fallbackText: 'ECDHE with AES-GCM or ChaCha20-Poly1305, and those of TLS 1.3',
    fallback: always(''),
    parse: last(parseText),
  },
  insecureBinds: {
    flag: 'insecure-bind',
    value: 'ADDRESS',
    isRepeatable: true,
    separator: /[\s,]+/,
    group: 'TLS',
    doc: 'Where to listen without TLS, beside --bind.',
    fallbackText: 'none',
    fallback: always([]),
    parse: each(parseBindAddress),
  },
};

/** Environment variables in which the password of a private key may be. */
export const KEY_PASSWORD_VARIABLES: readonly string[] = ['PORTICO_KEYFILE_PASSWORD', 'UVICORN_SSL_KEYFILE_PASSWORD'];

const MODES: ReadonlyMap<string, ClientCertificates> = new Map([
  ['none', 'none'],
  ['optional', 'optional'],
  ['required', 'required'],
  // As Python's ssl numbers them, and gunicorn and uvicorn take them.
  ['0', 'none'],
  ['1', 'optional'],
  ['2', 'required'],
]);

export function parseClientCertificates(text: string): Outcome<ClientCertificates> {
  const mode = MODES.get(text.toLowerCase());
  return mode === undefined ? failure(`"${text}" is not one of none, optional, required`) : success(mode);
}

/** A sentence about a setting that has no effect because another one, which it needs, is not given. */
export function tlsFault({
  certFile,
  keyFile,
  keyPassword,
  caCerts,
  certReqs,
  ciphers,
  insecureBinds,
}: ServeOptions): string | undefined {
  const isAsked = certReqs === 'required' || certReqs === 'optional';
  if (certFile === '') {
    const given = [
      [keyFile !== '', 'a private key'],
      [keyPassword !== '', 'the password of a private key'],
      [caCerts !== '' || isAsked, 'that clients need a certificate'],
      [ciphers !== '', 'a list of cipher suites'],
      [insecureBinds.length > 0, 'an address without TLS'],
    ] as const;
    const found = given.find(([isGiven]) => isGiven)?.[1];
    return (
      found && `${found} is said, but without a certificate there is no TLS. Name the file of the certificate as well`
    );
  }
  return isAsked && caCerts === ''
    ? 'clients are to have a certificate, but it is not said who signs them. Name the file of the authorities'
    : undefined;
}
