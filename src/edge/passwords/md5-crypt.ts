/** Poul-Henning Kamp's crypt with MD5: `$1$salt$…`, and `$apr1$salt$…`, which is Apache's. */

import { encodeDigits, encodeTriples } from './crypt-digits.ts';

const SALT_MAX = 8;
const ROUNDS = 1000;
const DIGEST_BYTES = 16;
const ORDER = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const;
const LAST = 11;
const ZERO = Buffer.alloc(1);

export function md5Crypt(password: Buffer, magic: '$1$' | '$apr1$', setting: string): string {
  const [saltText = ''] = setting.slice(magic.length).split('$', 1);
  const salt = Buffer.from(saltText.slice(0, SALT_MAX), 'latin1');
  const alternate = md5([password, salt, password]);
  const parts: Uint8Array[] = [password, Buffer.from(magic), salt];
  for (let left = password.length; left > 0; left -= DIGEST_BYTES) {
    parts.push(alternate.subarray(0, left));
  }
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push(bits % 2 === 1 ? ZERO : password.subarray(0, 1));
  }
  let digest = md5(parts);
  for (let round = 0; round < ROUNDS; round += 1) {
    const isOdd = round % 2 === 1;
    digest = md5([
      isOdd ? password : digest,
      ...(round % 3 === 0 ? [] : [salt]),
      ...(round % 7 === 0 ? [] : [password]),
      isOdd ? digest : password,
    ]);
  }
  return `${magic}${salt.toString('latin1')}$${encodeTriples(digest, ORDER)}${encodeDigits(digest[LAST] ?? 0, 2)}`;
}

function md5(parts: readonly Uint8Array[]): Buffer {
  return process.getBuiltinModule('node:crypto').hash('md5', Buffer.concat(parts), 'buffer');
}
