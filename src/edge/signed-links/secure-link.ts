/**
 * Links that somebody has signed with MD5, as ngx_http_secure_link_module checks them. MD5 is what the links that exist are signed with; as a signature with a secret in
 * the middle it has not been broken, but new links are better signed by the application.
 */

/** `secure_link`: the hash in base64url, and behind a comma the second until which it holds. */
export interface ReadLink {
  /** $secure_link_expires, which is part of what is hashed; undefined if the link has none. */
  readonly expires: string | undefined;
  readonly hash: Buffer | undefined;
}

const NONE: ReadLink = { expires: undefined, hash: undefined };
const HASH_BYTES = 16;
const HASH_TEXT_MAX = 24;
const BASE64URL = /^[A-Za-z0-9_-]*/;
const SECONDS = /^\d{1,18}$/;

export function readSecureLink(link: string): ReadLink {
  const comma = link.indexOf(',');
  const text = comma < 0 ? link : link.slice(0, comma);
  const expires = comma < 0 ? undefined : link.slice(comma + 1);
  if (expires !== undefined && (!SECONDS.test(expires) || Number(expires) === 0)) {
    return NONE;
  }
  return { expires, hash: decode(text) };
}

/** '1': the link holds; '0': it has held; '': it never did. `hashed` is the text that `secure_link_md5` gives for the request, latin-1. */
export function checkSecureLink({ hash, expires }: ReadLink, hashed: string, nowMs: number): '' | '0' | '1' {
  if (hash === undefined || !isHashOf(hash, hashed)) {
    return '';
  }
  return expires !== undefined && Number(expires) < Math.floor(nowMs / 1000) ? '0' : '1';
}

/** `secure_link_secret`: the target is `/prefix/hash/link` as it came, and the hash is of the link and the secret. The link, or undefined. */
export function linkBehindSecret(target: string, secret: string): string | undefined {
  const start = target.indexOf('/', 1);
  const end = start < 0 ? -1 : target.indexOf('/', start + 1);
  const link = target.slice(end + 1);
  const hash = target.slice(start + 1, end);
  if (end < 0 || link === '' || !/^[0-9A-Fa-f]{32}$/.test(hash)) {
    return undefined;
  }
  return isHashOf(Buffer.from(hash, 'hex'), link + secret) ? link : undefined;
}

/** What stands behind padding is passed over, and what is no base64url is none, as nginx reads it. */
function decode(text: string): Buffer | undefined {
  const digits = BASE64URL.exec(text)?.[0] ?? '';
  const isWhole = digits.length === text.length || text.charAt(digits.length) === '=';
  if (text.length > HASH_TEXT_MAX || !isWhole || digits.length % 4 === 1) {
    return undefined;
  }
  const hash = Buffer.from(digits, 'base64url');
  return hash.length === HASH_BYTES ? hash : undefined;
}

function isHashOf(hash: Buffer, text: string): boolean {
  const crypto = process.getBuiltinModule('node:crypto');
  return crypto.timingSafeEqual(hash, crypto.hash('md5', Buffer.from(text, 'latin1'), 'buffer'));
}
