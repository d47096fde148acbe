import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { renderDistinguishedName, renderOneLineName } from './distinguished-name.ts';

const NAMES: readonly (readonly [lines: string | undefined, name: string])[] = [
  ['CN=localhost', 'CN=localhost'],
  ['C=DE\nO=Example\nCN=web', 'CN=web,O=Example,C=DE'],
  ['O=Söhne\\, Ärger \\+ Co\nCN=a', 'CN=a,O=Söhne\\, Ärger \\+ Co'],
  ['DC=org\nOU=Sales + CN=J.  Smith', 'OU=Sales+CN=J.  Smith,DC=org'],
  ['', ''],
  [undefined, ''],
];

for (const [lines, name] of NAMES) {
  test(`${String(lines)} is ${name || 'empty'}`, () => equal(renderDistinguishedName(lines), name));
}

test('renderOneLineName() is as OpenSSL writes names on one line', () => {
  equal(renderOneLineName('C=DE\nO=Example\\, Co\nCN=a\\0Ab'), '/C=DE/O=Example, Co/CN=a\\x0Ab');
  equal(renderOneLineName('O=Söhne'), '/O=S\\xC3\\xB6hne');
  equal(renderOneLineName(''), '');
});
