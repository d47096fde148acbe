/** Checks a password against a hash that is slow by intention: milliseconds of computing, so not in the thread of an event loop. */

import { compareSync } from 'bcryptjs';
import { desCrypt } from './des-crypt.ts';
import { md5Crypt } from './md5-crypt.ts';
import { isSame, schemeOf } from './password-scheme.ts';
import { shaCrypt } from './sha-crypt.ts';

export function checkSlow(password: Buffer, stored: string): boolean {
  const scheme = schemeOf(stored);
  if (scheme === 'bcrypt') {
    // The library takes text, so a password that is no UTF-8 is one it cannot have made a hash of.
    return isText(password) && compareSync(password.toString('utf8'), stored);
  }
  const computed = compute(password, stored, scheme);
  return computed !== undefined && isSame(Buffer.from(computed, 'latin1'), Buffer.from(stored, 'latin1'));
}

function compute(password: Buffer, stored: string, scheme: ReturnType<typeof schemeOf>): string | undefined {
  switch (scheme) {
    case 'apr1':
      return md5Crypt(password, '$apr1$', stored);
    case 'md5':
      return md5Crypt(password, '$1$', stored);
    case 'sha256':
      return shaCrypt(password, '$5$', stored);
    case 'sha512':
      return shaCrypt(password, '$6$', stored);
    case 'des':
      return desCrypt(password, stored);
    default:
      return undefined;
  }
}

function isText(bytes: Buffer): boolean {
  return process.getBuiltinModule('node:buffer').isUtf8(bytes);
}
