import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { sessionCertificateOf, sessionIdOf } from './session-parts.ts';

const head = '020101' + '02020304' + '04021302';

test('sessionIdOf() finds the id, whatever the length of the session', () => {
  equal(sessionIdOf(Buffer.from(`3010${head}0403abcdef`, 'hex')), 'abcdef');
  equal(sessionIdOf(Buffer.from(`308201ff${head}0403abcdef`, 'hex')), 'abcdef');
  equal(sessionIdOf(Buffer.from(`3081ff${head}0400`, 'hex')), '');
});

test('sessionIdOf() finds none where there is none', () => {
  for (const hex of ['', '30', '04', `3010${head}`, `3010${head}0203abcdef`, '308400000000', '3010ff']) {
    equal(sessionIdOf(Buffer.from(hex, 'hex')), '', hex);
  }
});

test('sessionCertificateOf() finds the certificate, or that there is none', () => {
  const key = '0403aabbcc';
  const [time, timeout] = ['a103020101', 'a203020102'];
  const of = (hex: string): Buffer | undefined => sessionCertificateOf(Buffer.from(`3081ff${head}0401dd${hex}`, 'hex'));
  deepEqual(of(`${key}${time}${timeout}a3023000a4020400`), Buffer.from('3000', 'hex'));
  equal(of(`${key}${time}${timeout}a4020400`)?.length, 0);
  equal(of(key)?.length, 0);
  equal(of(''), undefined, 'no key');
  equal(of(`${key}a1ff`), undefined, 'a length that does not end');
  equal(of(`${key}a3ff`), undefined);
  equal(sessionCertificateOf(Buffer.alloc(0)), undefined);
});
