import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { chooseCertificate } from './choose-certificate.ts';
import type { ClientHello } from './client-hello.ts';

const [TLS12, TLS13] = [0x0303, 0x0304];
const [ECDSA_SUITE, RSA_SUITE] = [0xc02b, 0xc02f];

function hello(version: number, schemes: readonly number[], cipherSuites: readonly number[] = []): ClientHello {
  const signatureSchemes = Buffer.from(schemes.flatMap((scheme) => [scheme >> 8, scheme & 0xff]));
  const none = { groups: [], keyShares: [], protocols: [], sessionId: Buffer.alloc(0), ticket: undefined };
  return { ...none, serverName: '', wantsStatus: true, version, signatureSchemes, cipherSuites };
}

test('chooseCertificate() goes by the order of signatures in TLS 1.3', () => {
  equal(chooseCertificate(['rsa', 'p256'], hello(TLS13, [0x0403, 0x0804]), TLS13), 1);
  equal(chooseCertificate(['rsa', 'p256'], hello(TLS13, [0x0804, 0x0403]), TLS13), 0);
  equal(chooseCertificate(['rsa', 'p384'], hello(TLS13, [0x0403, 0x0401, 0x0805]), TLS13), 0);
  equal(chooseCertificate(['rsa', 'other'], hello(TLS13, [0x0807]), TLS13), undefined);
});

test('chooseCertificate() goes by the cipher suites before TLS 1.3, if they are of one kind', () => {
  equal(chooseCertificate(['rsa', 'p256'], hello(TLS12, [0x0403], [ECDSA_SUITE]), TLS13), 1);
  equal(chooseCertificate(['p256', 'rsa'], hello(TLS13, [0x0804], [0x1301, RSA_SUITE, 0x0a0a]), TLS12), 1);
  equal(chooseCertificate(['rsa', 'p256'], hello(TLS12, [], [ECDSA_SUITE, RSA_SUITE]), TLS13), undefined);
  equal(chooseCertificate(['rsa', 'p256'], hello(TLS12, []), TLS13), undefined);
  equal(chooseCertificate(['p384', 'p256'], hello(TLS12, [], [ECDSA_SUITE]), TLS13), undefined);
});
