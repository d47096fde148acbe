import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { getCiphers } from 'node:tls';
import { cipherSuiteName, cipherSuiteNumber, tlsVersionNumber } from './cipher-suites.ts';

test('every cipher suite that this Node.js offers has its number', () => {
  const offered = getCiphers().filter((name) => !name.includes('psk') && !name.includes('srp'));
  deepEqual(
    offered.filter((name) => cipherSuiteNumber(name.toUpperCase()) === undefined),
    [],
  );
});

test('numbers are those of the registry', () => {
  // RFC 8446 B.4, RFC 5289 5, RFC 7905 2.
  equal(cipherSuiteNumber('TLS_AES_128_GCM_SHA256'), 0x1301);
  equal(cipherSuiteNumber('TLS_AES_128_CCM_8_SHA256'), 0x1305);
  equal(cipherSuiteNumber('ECDHE-RSA-AES128-GCM-SHA256'), 0xc02f);
  equal(cipherSuiteNumber('ECDHE-RSA-CHACHA20-POLY1305'), 0xcca8);
  equal(cipherSuiteNumber('ROT13'), undefined);
  equal(cipherSuiteName(0xcca8), 'ECDHE-RSA-CHACHA20-POLY1305');
  equal(cipherSuiteName(0x0a0a), '0x0a0a');
  equal(tlsVersionNumber('TLSv1.3'), 0x0304);
  equal(tlsVersionNumber('SSLv3'), undefined);
});
