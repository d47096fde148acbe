/** How a password is stored in a user file, by what it begins with, as nginx and crypt(3) tell it. */

export type PasswordScheme = 'plain' | 'sha' | 'ssha' | 'apr1' | 'md5' | 'sha256' | 'sha512' | 'bcrypt' | 'des';

const FORMS: readonly (readonly [form: RegExp, scheme: PasswordScheme])[] = [
  [/^\{PLAIN\}/, 'plain'],
  [/^\{SSHA\}/, 'ssha'],
  [/^\{SHA\}/, 'sha'],
  [/^\$apr1\$/, 'apr1'],
  [/^\$1\$/, 'md5'],
  [/^\$5\$/, 'sha256'],
  [/^\$6\$/, 'sha512'],
  [/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/, 'bcrypt'],
  [/^[./A-Za-z0-9]{13}$/, 'des'],
];

/** Undefined: no password matches it. yescrypt (`$y$`) is such a form here, and so is a password that was written down as it is. */
export function schemeOf(stored: string): PasswordScheme | undefined {
  return FORMS.find(([form]) => form.test(stored))?.[1];
}

/** What one check may cost: about a second, in which nobody else's password is checked. bcrypt's cost doubles with each step; crypt(3) takes 31, and 999,999,999 rounds. */
const COST_MAX = { bcrypt: 14, rounds: 1_000_000 } as const;
const COSTLY: readonly (readonly [form: RegExp, most: number, name: string])[] = [
  [/^\$2[aby]\$(\d\d)\$/, COST_MAX.bcrypt, `bcrypt of a cost above ${COST_MAX.bcrypt}`],
  [/^\$[56]\$rounds=(\d+)\$/, COST_MAX.rounds, `SHA-crypt of more than ${COST_MAX.rounds} rounds`],
];

function costlyFormOf(stored: string): string | undefined {
  return COSTLY.find(([form, most]) => Number(form.exec(stored)?.[1] ?? 0) > most)?.[2];
}

/** Whether a check would keep all other ones waiting for longer than anybody waits for an answer. */
export function isTooCostly(stored: string): boolean {
  return costlyFormOf(stored) !== undefined;
}

const OTHER_FORMS: readonly (readonly [form: RegExp, name: string])[] = [
  [/^\$y\$/, 'yescrypt'],
  [/^\$gy\$/, 'gost-yescrypt'],
  [/^\$7\$/, 'scrypt'],
  [/^\$sha1\$/, 'SHA-1 of NetBSD'],
  [/^\$md5[$,]/, 'MD5 of Solaris'],
  [/^\$argon2/, 'Argon2'],
  [/^\$2/, 'a bcrypt that is cut short or of a kind that is known to be broken'],
  [/^_.{19}$/, 'DES of BSD'],
  [/^[$!*{]/, 'a form of its own'],
];

/** What a form is called that is not checked, because `schemeOf` does not know it or it is too costly, without a word of what is stored. */
export function nameOfOtherForm(stored: string): string {
  return (
    costlyFormOf(stored) ??
    OTHER_FORMS.find(([form]) => form.test(stored))?.[1] ??
    'plain text without {PLAIN} in front'
  );
}

export type QuickScheme = 'plain' | 'sha' | 'ssha';

/** Whether a check takes a few microseconds; the others take milliseconds, which is what they are made for. */
export function isQuick(scheme: PasswordScheme): scheme is QuickScheme {
  return scheme === 'plain' || scheme === 'sha' || scheme === 'ssha';
}

const SHA1_BYTES = 20;

export function checkQuick(password: Buffer, stored: string, scheme: QuickScheme): boolean {
  const value = stored.slice(stored.indexOf('}') + 1);
  if (scheme === 'plain') {
    return isSame(password, Buffer.from(value, 'latin1'));
  }
  const bytes = Buffer.from(value, 'base64');
  const salt = scheme === 'ssha' ? bytes.subarray(SHA1_BYTES) : Buffer.alloc(0);
  const digest = process.getBuiltinModule('node:crypto').hash('sha1', Buffer.concat([password, salt]), 'buffer');
  return isSame(digest, scheme === 'ssha' ? bytes.subarray(0, SHA1_BYTES) : bytes);
}

/** In a time that says nothing about where two values begin to differ, nor how long they are. */
export function isSame(one: Buffer, other: Buffer): boolean {
  const { hash, timingSafeEqual } = process.getBuiltinModule('node:crypto');
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}
