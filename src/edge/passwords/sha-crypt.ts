/** Ulrich Drepper's crypt with SHA-2: `$5$` and `$6$`, with `rounds=N$` before the salt or without. */

import { encodeDigits, encodeTriples } from './crypt-digits.ts';

type Magic = '$5$' | '$6$';
type Triple = readonly [number, number, number];

const SALT_MAX = 16;
const ROUNDS = { usual: 5000, min: 1000, max: 999_999_999 } as const;
const SETTING = /^\$[56]\$(?:rounds=(0|[1-9]\d{0,8})\$)?([^$]*)/;

const ORDER_256: readonly Triple[] = [
  [0, 10, 20],
  [21, 1, 11],
  [12, 22, 2],
  [3, 13, 23],
  [24, 4, 14],
  [15, 25, 5],
  [6, 16, 26],
  [27, 7, 17],
  [18, 28, 8],
  [9, 19, 29],
];
/** 0, 21, 42; then 22, 43, 1, which begins where the last began plus 22, each modulo 63; and so on. */
const ORDER_512: readonly Triple[] = Array.from({ length: 21 }, (_, row): Triple => {
  const first = (row * 22) % 63;
  return [first, (first + 21) % 63, (first + 42) % 63];
});

/** Undefined: the setting is none that crypt(3) would take. */
export function shaCrypt(password: Buffer, magic: Magic, setting: string): string | undefined {
  const [, roundsText, saltText = ''] = SETTING.exec(setting) ?? [];
  const rounds = roundsText === undefined ? ROUNDS.usual : Number(roundsText);
  if (setting.startsWith(`${magic}rounds=`) && (roundsText === undefined || rounds < ROUNDS.min)) {
    return undefined;
  }
  const salt = Buffer.from(saltText.slice(0, SALT_MAX), 'latin1');
  const algorithm = magic === '$5$' ? 'sha256' : 'sha512';
  const digest = stretch(password, salt, rounds, algorithm);
  const written =
    magic === '$5$'
      ? encodeTriples(digest, ORDER_256) + encodeDigits(((digest[31] ?? 0) << 8) | (digest[30] ?? 0), 3)
      : encodeTriples(digest, ORDER_512) + encodeDigits(digest[63] ?? 0, 2);
  return `${magic}${roundsText === undefined ? '' : `rounds=${rounds}$`}${salt.toString('latin1')}$${written}`;
}

function stretch(password: Buffer, salt: Buffer, rounds: number, algorithm: string): Buffer {
  const hash = (parts: readonly Uint8Array[]): Buffer =>
    process.getBuiltinModule('node:crypto').hash(algorithm, Buffer.concat(parts), 'buffer');
  const alternate = hash([password, salt, password]);
  const parts: Uint8Array[] = [password, salt, repeated(alternate, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push(bits % 2 === 1 ? alternate : password);
  }
  let digest = hash(parts);
  const longPassword = repeated(hash(Array.from({ length: password.length }, () => password)), password.length);
  const longSalt = repeated(hash(Array.from({ length: 16 + (digest[0] ?? 0) }, () => salt)), salt.length);
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    digest = hash([
      isOdd ? longPassword : digest,
      ...(round % 3 === 0 ? [] : [longSalt]),
      ...(round % 7 === 0 ? [] : [longPassword]),
      isOdd ? digest : longPassword,
    ]);
  }
  return digest;
}

function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}
