import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { renderVerifyError, verifyError } from './verify-errors.ts';

test('what is wrong with a certificate is told with the number and in the words of OpenSSL', () => {
  equal(renderVerifyError('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), '(20:unable to get local issuer certificate)');
  equal(renderVerifyError('CERT_HAS_EXPIRED'), '(10:certificate has expired)');
  equal(verifyError('CERT_CHAIN_TOO_LONG').words, 'certificate chain too long');
});

test('what Node.js has no name for is told as that', () => {
  equal(renderVerifyError('UNSPECIFIED'), '(1:unspecified certificate verification error)');
  equal(renderVerifyError('constructor'), '(1:unspecified certificate verification error)');
});
