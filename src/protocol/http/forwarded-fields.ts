/**
 * The fields by which a proxy tells of its client. They come in two families. A proxy writes the fields of one, and hands on those of the other as its client
 * has sent them: whoever reads both believes the client.
 */

/** The family that is read: `X-Forwarded-*` and its relatives, `Forwarded` (RFC 7239), or neither. */
export type ForwardedFamily = 'x-forwarded' | 'forwarded' | 'none';

const LOWER_F = 0x66;
const LOWER_X = 0x78;
const X_FORWARDED_PREFIX = 'x-forwarded-';

/** Fields that proxies send beside X-Forwarded-*. Names that only one vendor writes are not here: an application that reads those knows its vendor. */
const RELATIVES: ReadonlySet<string> = new Set([
  'forwarded-for',
  'front-end-https',
  'x-client-ip',
  'x-forwarded',
  'x-real-ip',
  'x-scheme',
  'x-url-scheme',
]);

/** `lower`: the name of a field in lower case. Undefined: it is in neither family. */
export function forwardedFamilyOf(lower: string): 'x-forwarded' | 'forwarded' | undefined {
  if (lower === 'forwarded') {
    return 'forwarded';
  }
  return lower.startsWith(X_FORWARDED_PREFIX) || RELATIVES.has(lower) ? 'x-forwarded' : undefined;
}

/** Fields that only a trusted peer may send: both families, and the id of the request. */
export function isProxyField(lower: string): boolean {
  // Every line that is parsed is asked for its name, and few names begin with one of these letters.
  const first = lower.charCodeAt(0);
  if (first !== LOWER_X && first !== LOWER_F) {
    return false;
  }
  return lower === 'x-request-id' || forwardedFamilyOf(lower) !== undefined;
}
