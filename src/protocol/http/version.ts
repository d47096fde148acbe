/** Versions of HTTP as numbers: ten times what they are called by. */

export const HTTP_VERSION = { http10: 10, http11: 11, http2: 20, http3: 30 } as const;
export type HttpVersion = (typeof HTTP_VERSION)[keyof typeof HTTP_VERSION];

/** As a request line has it, as CGI's SERVER_PROTOCOL (RFC 3875 4.1.16), and as access logs do: `HTTP/1.1`, `HTTP/2.0`. */
export function protocolName(version: HttpVersion): string {
  return NAMES[version];
}

/** Without the second number where the version has none (RFC 9113 calls itself HTTP/2): `1.1`, `2`. */
export function versionNumber(version: HttpVersion): string {
  return NUMBERS[version];
}

const NAMES: Readonly<Record<HttpVersion, string>> = { 10: 'HTTP/1.0', 11: 'HTTP/1.1', 20: 'HTTP/2.0', 30: 'HTTP/3.0' };
const NUMBERS: Readonly<Record<HttpVersion, string>> = { 10: '1.0', 11: '1.1', 20: '2', 30: '3' };
