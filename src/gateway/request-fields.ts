/** What is special about some fields of a request on its way to an application, whatever its interface. Names are in lower case. */

/** Sent in the request part of a head, so that no memo ever holds them. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set(['cookie', 'authorization', 'proxy-authorization']);

/** What only a trusted peer may say. From anyone else it is replaced by what we know ourselves. */
export const FORWARDED_FIELDS: ReadonlySet<string> = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-protocol',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-real-ip',
  'x-scheme',
  'x-url-scheme',
  'front-end-https',
]);

/**
 * Never passed on: `X_User` could pass for `X-User` (applications map both to one key), `Proxy` for a setting of the application's
 * HTTP client (httpoxy), and the request's id is ours to say.
 */
export function isNeverPassed(lower: string): boolean {
  return lower.includes('_') || lower === 'proxy' || lower === 'x-request-id';
}
