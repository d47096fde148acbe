import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { desCrypt } from './des-crypt.ts';

test('desCrypt() looks at seven bits of eight bytes', () => {
  equal(desCrypt(Buffer.from(''), 'ab'), 'abmF1QH4PEr.E');
  equal(desCrypt(Buffer.from('12345678'), 'zZ'), desCrypt(Buffer.from('123456789'), 'zZ'));
  equal(desCrypt(Buffer.from([0xe1]), 'zZ'), desCrypt(Buffer.from([0x61]), 'zZ'));
});

test('desCrypt() wants two digits of salt', () => {
  for (const setting of ['', 'a', '!a', 'a!']) equal(desCrypt(Buffer.from('x'), setting), undefined, setting);
});
