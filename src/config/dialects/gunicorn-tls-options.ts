/** What gunicorn has for TLS, one row each. */

import { parseText } from '../setting-values.ts';
import { readVerifyMode } from './client-certificates.ts';
import type { Option } from './option.ts';
import { meaningless, setting } from './option.ts';

export const GUNICORN_TLS_OPTIONS: readonly Option[] = [
  {
    names: ['--certfile'],
    value: 'FILE',
    doc: 'Speak TLS, with this certificate, PEM.',
    treatment: setting(parseText, (certFile) => ({ certFile })),
  },
  {
    names: ['--keyfile'],
    value: 'FILE',
    doc: 'Its private key, PEM.',
    treatment: setting(parseText, (keyFile) => ({ keyFile })),
  },
  {
    names: ['--ca-certs'],
    value: 'FILE',
    doc: 'Who signs the certificates of clients, PEM. --cert-reqs asks for one.',
    treatment: setting(parseText, (caCerts) => ({ caCerts })),
  },
  {
    names: ['--cert-reqs'],
    value: 'INT',
    doc: 'Whether clients need a certificate: 0, 1 or 2.',
    fallbackText: '0',
    treatment: setting(readVerifyMode, (certReqs) => ({ certReqs })),
  },
  {
    names: ['--ciphers'],
    value: 'STRING',
    doc: 'Cipher suites of TLS 1.2, in the words of OpenSSL.',
    treatment: setting(parseText, (ciphers) => ({ ciphers })),
  },
  {
    names: ['--ssl-version'],
    value: 'VERSION',
    doc: 'The version of TLS.',
    treatment: meaningless('TLS 1.2 and 1.3 are spoken'),
  },
  {
    names: ['--suppress-ragged-eofs'],
    doc: 'A connection that ends without a word.',
    treatment: meaningless('such a connection is closed'),
  },
  {
    names: ['--do-handshake-on-connect'],
    doc: 'When the handshake is made.',
    treatment: meaningless('the edge makes the handshake'),
  },
];
