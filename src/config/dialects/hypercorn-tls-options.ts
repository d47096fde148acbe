/** What hypercorn has for TLS, one row each, and how its values are read. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { parseText } from '../setting-values.ts';
import { readCertReqs, readVerifyMode } from './client-certificates.ts';
import type { Option } from './option.ts';
import { meaningless, setting, unsupported } from './option.ts';

const HTTP1 = 'http/1.1';

export const HYPERCORN_TLS_OPTIONS: readonly Option[] = [
  {
    names: ['--certfile'],
    key: 'certfile',
    value: 'CERTFILE',
    doc: 'Speak TLS on every --bind, with this certificate, PEM. --keyfile belongs to it.',
    treatment: setting(parseText, (certFile) => ({ certFile })),
  },
  {
    names: ['--keyfile'],
    key: 'keyfile',
    value: 'KEYFILE',
    doc: 'Its private key, PEM.',
    treatment: setting(parseText, (keyFile) => ({ keyFile })),
  },
  {
    names: ['--keyfile-password'],
    key: 'keyfile_password',
    value: 'KEYFILE_PASSWORD',
    doc: 'What the private key is encrypted with.',
    treatment: setting(parseText, (keyPassword) => ({ keyPassword })),
  },
  {
    names: ['--ca-certs'],
    key: 'ca_certs',
    value: 'CA_CERTS',
    doc: 'Who signs the certificates of clients, PEM. --verify-mode asks for one.',
    treatment: setting(parseText, (caCerts) => ({ caCerts })),
  },
  {
    names: ['--verify-mode'],
    key: 'verify_mode',
    value: 'VERIFY_MODE',
    doc: 'Whether clients need a certificate: CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED, or 0, 1 or 2.',
    fallbackText: 'CERT_NONE',
    treatment: setting(readVerifyMode, (verifyMode) => ({ verifyMode })),
  },
  {
    names: ['--cert-reqs'],
    key: 'cert_reqs',
    value: 'CERT_REQS',
    doc: 'The same by its older name, as a number.',
    fallbackText: '0',
    treatment: setting(readCertReqs, (certReqs) => ({ certReqs })),
  },
  {
    names: ['--ciphers'],
    key: 'ciphers',
    value: 'CIPHERS',
    doc: "Cipher suites of TLS 1.2, in OpenSSL's words.",
    fallbackText: 'ECDHE with AES-GCM or ChaCha20-Poly1305',
    treatment: setting(parseText, (ciphers) => ({ ciphers })),
  },
  {
    names: [],
    key: 'alpn_protocols',
    value: 'PROTOCOLS',
    isRepeatable: true,
    doc: `The protocols that are offered; "${HTTP1}" has to be one of them.`,
    fallbackText: HTTP1,
    treatment: { kind: 'setting', read: readProtocols },
  },
  {
    names: [],
    key: 'verify_flags',
    value: 'FLAGS',
    doc: 'How the certificates of clients are verified.',
    treatment: unsupported('certificates are verified as OpenSSL does it by default. Leave it out'),
  },
  {
    names: [],
    key: 'ssl_handshake_timeout',
    value: 'SECONDS',
    doc: 'Seconds for the handshake of TLS.',
    treatment: meaningless('the handshake has 20 seconds'),
  },
];

function readProtocols(texts: readonly string[]): Outcome<{ readonly notes: readonly string[] }> {
  if (!texts.includes(HTTP1)) {
    return failure(`HTTP/2 is to come, and until then ${HTTP1} is all that is spoken. Add "${HTTP1}"`);
  }
  const others = texts.filter((text) => text !== HTTP1);
  return success({
    notes: others.length === 0 ? [] : [`${others.join(', ')} is not offered: HTTP/2 is to come`],
  });
}
