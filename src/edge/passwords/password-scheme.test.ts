import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { checkQuick, isQuick, isSame, isTooCostly, nameOfOtherForm, schemeOf } from './password-scheme.ts';

test('schemeOf() tells by the beginning', () => {
  for (const [stored, scheme] of [
    ['{PLAIN}x', 'plain'],
    ['{SHA}x', 'sha'],
    ['{SSHA}x', 'ssha'],
    ['$apr1$x', 'apr1'],
    ['$1$x', 'md5'],
    ['$5$x', 'sha256'],
    ['$6$x', 'sha512'],
    ['$2y$06$7srnKMegpi9c6OuknSDto.EJBaqPHBW7fEFJ8hDS130c15PRNTg16', 'bcrypt'],
    ['abmF1QH4PEr.E', 'des'],
    ['{sha}x', undefined],
    ['$2y$6$x', undefined],
    ['$y$j9T$abc$def', undefined],
    ['secret', undefined],
    ['', undefined],
  ] as const) {
    equal(schemeOf(stored), scheme, stored);
  }
});

test('checkQuick() checks what is quick', () => {
  const password = Buffer.from('pässword');
  for (const stored of [
    '{PLAIN}pässword',
    '{SHA}I7dElEdfX4dJgLdnbVEeI9iG2mQ=',
    '{SSHA}kDJH43m4r76VNznhYS+DfYAWbO9zYWx0',
  ]) {
    const bytes = Buffer.from(stored).toString('latin1');
    const scheme = schemeOf(bytes);
    equal(scheme !== undefined && isQuick(scheme) && checkQuick(password, bytes, scheme), true, stored);
    equal(scheme !== undefined && isQuick(scheme) && checkQuick(Buffer.from('passwort'), bytes, scheme), false, stored);
  }
  equal(isQuick('des'), false);
});

test('checkQuick() takes no password for a hash that is cut short', () => {
  for (const [stored, scheme] of [
    ['{SHA}', 'sha'],
    ['{SSHA}', 'ssha'],
    ['{SSHA}kDJH', 'ssha'],
    ['{SHA}I7dElEdf', 'sha'],
  ] as const) {
    equal(checkQuick(Buffer.from(''), stored, scheme), false, stored);
  }
});

test('isSame() compares values of any length', () => {
  equal(isSame(Buffer.from('ab'), Buffer.from('ab')), true);
  equal(isSame(Buffer.from('ab'), Buffer.from('abc')), false);
});

test('nameOfOtherForm() names what cannot be checked, and shows nothing of it', () => {
  for (const [stored, name] of [
    ['$y$j9T$abc$def', 'yescrypt'],
    ['$argon2id$v=19$m=1', 'Argon2'],
    ['$2y$06$short', 'a bcrypt that is cut short or of a kind that is known to be broken'],
    ['_J9..rasmBYk8r9AiWNc', 'DES of BSD'],
    ['!locked', 'a form of its own'],
    ['secret', 'plain text without {PLAIN} in front'],
    ['', 'plain text without {PLAIN} in front'],
  ] as const) {
    equal(nameOfOtherForm(stored), name);
  }
});

test('isTooCostly() sees what would take a thread for minutes or for years', () => {
  const bcrypt = (cost: string): string => `$2y$${cost}$7srnKMegpi9c6OuknSDto.EJBaqPHBW7fEFJ8hDS130c15PRNTg16`;
  for (const [stored, isCostly] of [
    [bcrypt('14'), false],
    [bcrypt('15'), true],
    [bcrypt('31'), true],
    ['$6$rounds=1000000$abc$x', false],
    ['$6$rounds=1000001$abc$x', true],
    ['$5$rounds=999999999$abc$x', true],
    ['$5$abc$x', false],
    ['$apr1$x', false],
  ] as const) {
    equal(isTooCostly(stored), isCostly, stored);
  }
  equal(nameOfOtherForm(bcrypt('31')), 'bcrypt of a cost above 14');
  equal(nameOfOtherForm('$6$rounds=999999999$abc$x'), 'SHA-crypt of more than 1000000 rounds');
});
