/** The line with which memcached answers `get` (its protocol.txt, "Retrieval command"). */

export type MemcachedReply =
  | { readonly kind: 'value'; readonly flags: number; readonly bytes: number }
  | { readonly kind: 'absent' }
  /** `about`: as nginx calls what is wrong; `key`: it is told for which key. */
  | { readonly kind: 'invalid'; readonly about: 'response' | 'key' | 'flags' | 'length' };

export const MEMCACHED_LIMITS = {
  /** `VALUE`, a key (memcached takes 250 bytes; errors may be longer), flags of 10 digits, a length of 16. */
  lineBytesMax: 1024,
} as const;

/** Behind the bytes of a value. */
export const MEMCACHED_END: Buffer = Buffer.from('\r\nEND\r\n');

const VALUE = 'VALUE ';
const NUMBER = /^[0-9]{1,15}$/;

/** `line` is without its end; `key` as it was asked for. */
export function parseMemcachedReply(line: string, key: string): MemcachedReply {
  if (line === 'END') {
    return { kind: 'absent' };
  }
  if (!line.startsWith(VALUE)) {
    return { kind: 'invalid', about: 'response' };
  }
  const rest = line.slice(VALUE.length);
  const isOfKey = rest.startsWith(key) && (rest.length === key.length || rest[key.length] === ' ');
  if (!isOfKey) {
    return { kind: 'invalid', about: 'key' };
  }
  const [flags = '', bytes = '', ...more] = rest.slice(key.length + 1).split(' ');
  if (!NUMBER.test(flags) || Number(flags) > 0xffff_ffff) {
    return { kind: 'invalid', about: 'flags' };
  }
  if (!NUMBER.test(bytes) || more.length > 0) {
    return { kind: 'invalid', about: 'length' };
  }
  return { kind: 'value', flags: Number(flags), bytes: Number(bytes) };
}
