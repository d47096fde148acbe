import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { renderReport } from './report.ts';

const OUTPUT = ` * TLS 1.3 Cipher Suites:
     The server accepted the following 3 cipher suites:
        TLS_AES_128_GCM_SHA256                            128       ECDH: X25519 (253 bits)

 * Deflate Compression:
                                          OK - Compression disabled

 * Session Renegotiation:
       Client Renegotiation DoS Attack:   OK - Not vulnerable
     Trust
       Mozilla CA Store (2026-03-28):     FAILED - Certificate is NOT Trusted: unable
`;

test('what is as it should be is in the page, and no finding', () => {
  const { page, findings } = renderReport(OUTPUT);
  deepEqual(findings, []);
  match(page, /^\| Deflate Compression \| OK \| Compression disabled \|$/m);
  match(page, /^\| Client Renegotiation DoS Attack \| OK \| Not vulnerable \|$/m);
  match(page, /^\| TLS_AES_128_GCM_SHA256 \| ECDH: X25519 \(253 bits\) \|$/m);
});

test('what is not is a finding', () => {
  const breach =
    '        * tls_curves: TLS curves are supported, but should be rejected.\n        * certificate_path_validation: failed\n';
  const hole = ' * OpenSSL Heartbleed:\n                                          VULNERABLE - Server is vulnerable\n';
  deepEqual(renderReport(OUTPUT + hole + breach).findings, [
    'OpenSSL Heartbleed: Server is vulnerable',
    'tls_curves: TLS curves are supported, but should be rejected.',
  ]);
});
