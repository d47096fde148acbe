import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { shaCrypt } from './sha-crypt.ts';

test('shaCrypt() uses sixteen bytes of salt', () => {
  const password = Buffer.from('x');
  equal(
    shaCrypt(password, '$5$', '$5$rounds=1000$0123456789abcdefgh'),
    shaCrypt(password, '$5$', '$5$rounds=1000$0123456789abcdef$'),
  );
});

test('shaCrypt() refuses rounds that crypt(3) refuses', () => {
  for (const rounds of ['10', '999', '01000', '9999999999', '', 'x']) {
    equal(shaCrypt(Buffer.from('x'), '$6$', `$6$rounds=${rounds}$abc`), undefined, rounds);
  }
});
