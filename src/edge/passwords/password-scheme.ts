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

/** What a form is called that `schemeOf` does not know, without a word of what is stored. */
export function nameOfOtherForm(stored: string): string {
  return OTHER_FORMS.find(([form]) => form.test(stored))?.[1] ?? 'plain text without {PLAIN} in front';
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
