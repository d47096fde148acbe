import { deepEqual, equal, match } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { USUAL_TLS } from '../../config/model/site-tls.ts';
import { AUTHORITY, CERTIFICATE, RESPONSE, UNTIL_MS } from '../../protocol/ocsp/fake-answer.ts';
import type { StaplingParts, StaplingRules } from './staple-order.ts';
import { staplingOf } from './staple-order.ts';

const own = new X509Certificate(CERTIFICATE);
const issuer = new X509Certificate(AUTHORITY);
const CHAIN = { path: '/a.pem', chain: [own, issuer], trusted: [], file: undefined };

function stapling(rules: Partial<StaplingRules>, parts: Partial<StaplingParts> = {}): ReturnType<typeof staplingOf> {
  return staplingOf({ ...CHAIN, ...parts, rules: { ...USUAL_TLS, ...rules } });
}

test('staplingOf() has the responder of the certificate asked, or the one that is named', () => {
  equal(stapling({ staples: 'always' }).order?.responder, 'http://127.0.0.1:1/ocsp');
  equal(stapling({ staples: 'always', staplingResponder: 'http://b.test/' }).order?.responder, 'http://b.test/');
  equal(stapling({ staples: 'always' }).stapled?.kind, 'p256');
});

test('staplingOf() asks for what clients refuse without it, unless it is never to', () => {
  equal(stapling({}).order?.path, '/a.pem');
  match(stapling({ staples: 'never' }).remark ?? '', /^\/a\.pem: clients are to refuse the certificate if /);
  deepEqual(staplingOf({ ...CHAIN, chain: [issuer], rules: USUAL_TLS }), {});
});

test('staplingOf() finds the issuer among those that are trusted, and says so in words of nginx where it is nowhere', () => {
  equal(stapling({}, { chain: [own], trusted: [issuer] }).order?.issuer, issuer);
  match(
    stapling({}, { chain: [own] }).remark ?? '',
    /^"ssl_stapling" ignored, issuer certificate not found for certificate "\/a\.pem"/,
  );
  equal(
    stapling({ staples: 'always' }, { chain: [issuer] }).remark,
    '"ssl_stapling" ignored, issuer certificate not found for certificate "/a.pem". Add it to that file, behind the first, or to ssl_trusted_certificate',
  );
  equal(
    stapling({ staples: 'always' }, { chain: [issuer], trusted: [issuer] }).remark,
    '"ssl_stapling" ignored, no OCSP responder URL in the certificate "/a.pem"',
  );
});

test('staplingOf() sends the answer of a file with the certificate that it is about', () => {
  const rules = { staples: 'always', staplingFile: '/a.der' } as const;
  const { given, stapled, order } = stapling(rules, { file: RESPONSE });
  deepEqual(given, { key: stapled?.key, response: RESPONSE.toString('base64'), untilMs: UNTIL_MS });
  equal(order, undefined);
  match(stapling(rules, { file: RESPONSE, chain: [issuer] }).remark ?? '', /it is about another one$/);
  match(stapling(rules, { file: Buffer.from('x') }).remark ?? '', /d2i_OCSP_RESPONSE\(\) failed/);
});

test('staplingOf() does not mix what is known by other rules', () => {
  const keys = [{ staples: 'always' }, { staples: 'always', staplingSigner: 'anybody' }] as const;
  equal(new Set(keys.map((rules) => stapling(rules).stapled?.key)).size, 2);
});
