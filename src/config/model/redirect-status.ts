/** Statuses by which the text beside them is the target of a redirect (RFC 9110 15.4; as nginx, without 300 and 305). */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}
