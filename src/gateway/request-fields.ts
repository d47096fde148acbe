/** What is special about some fields of a request on its way to an application, whatever its interface. Names are in lower case. */

import type { Origin } from '../protocol/http/exchange.ts';
import { forwardedFamilyOf } from '../protocol/http/forwarded-fields.ts';

/** Fields that go into the request part of a head, so that no memo ever holds them. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set(['cookie', 'authorization', 'proxy-authorization']);

/**
 * Whether a field is not believed: the peer may not say it, or says it in a family that is not read. A proxy hands on fields that it does not write, so these
 * are its client's. Those of an untrusted peer are replaced by what the edge itself knows.
 */
export function isDisbelieved(lower: string, { believed }: Origin): boolean {
  const family = forwardedFamilyOf(lower);
  return family !== undefined && family !== believed;
}

/**
 * Never passed on: `X_User` could pass for `X-User` (applications map both to one key), `Proxy` for a setting of the application's
 * HTTP client (httpoxy), and the request's id is ours to say.
 */
export function isNeverPassed(lower: string): boolean {
  return lower.includes('_') || lower === 'proxy' || lower === 'x-request-id';
}
