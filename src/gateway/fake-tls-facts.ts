import type { TlsFacts } from '../protocol/http/exchange.ts';

/** Of a connection whose client has shown no certificate. */
export const TLS_FACTS: TlsFacts = {
  protocol: 'TLSv1.3',
  version: 0x0304,
  cipher: 'TLS_AES_128_GCM_SHA256',
  cipherSuite: 0x1301,
  client: undefined,
};
