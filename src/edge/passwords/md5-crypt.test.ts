import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { md5Crypt } from './md5-crypt.ts';

test('md5Crypt() uses eight bytes of salt, and none behind a dollar', () => {
  const password = Buffer.from('');
  const hash = '$1$abcdefgh$M55TzYaaccxVGbptZWaxX/';
  equal(md5Crypt(password, '$1$', '$1$abcdefghijk'), hash);
  equal(md5Crypt(password, '$1$', hash), hash);
});
