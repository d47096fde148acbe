/**
 * RFC 3986 3.2 as RFC 9110 4.2 narrows it: uri-host with an optional port, without userinfo. A comma is legal in a reg-name but
 * is refused: it is what two Host fields joined by an intermediary look like.
 */

const REGISTERED_NAME = /^(?:[A-Za-z0-9\-._~!$&'()*+;=]|%[0-9A-Fa-f]{2})+$/;
const IPV_FUTURE = /^[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/;
const PORT = /^[0-9]{0,5}$/;
const PORT_MAX = 65_535;
/** A DNS name has at most 253 octets; this leaves room for a literal and a port. */
const AUTHORITY_LENGTH_MAX = 320;
const IPV6_GROUPS = 8;

/** uri-host [ ":" port ], and not empty. */
export function isAuthority(text: string): boolean {
  if (text.length > AUTHORITY_LENGTH_MAX) {
    return false;
  }
  const end = hostEnd(text);
  const host = text.slice(0, end);
  return isHost(host) && (end === text.length || (text[end] === ':' && isPort(text.slice(end + 1))));
}

/** Authority form has a port (RFC 9112 3.2.3). */
export function isAuthorityWithPort(text: string): boolean {
  return isAuthority(text) && /:[0-9]+$/.test(text.slice(hostEnd(text)));
}

function hostEnd(text: string): number {
  if (text.startsWith('[')) {
    return text.indexOf(']') + 1;
  }
  const colon = text.indexOf(':');
  return colon === -1 ? text.length : colon;
}

function isHost(host: string): boolean {
  if (!host.startsWith('[')) {
    return REGISTERED_NAME.test(host);
  }
  const address = host.slice(1, -1);
  return isIpv6(address) || IPV_FUTURE.test(address);
}

function isPort(port: string): boolean {
  return PORT.test(port) && Number(port) <= PORT_MAX;
}

/** RFC 3986 3.2.2 IPv6address: eight groups of 16 bits, the last two perhaps as IPv4, one run of zeros perhaps as `::`. */
function isIpv6(address: string): boolean {
  const halves = address.split('::');
  if (halves.length > 2) {
    return false;
  }
  const isShortened = halves.length === 2;
  const left = countGroups(halves[0]!, !isShortened);
  const right = isShortened ? countGroups(halves[1]!, true) : 0;
  if (left === undefined || right === undefined) {
    return false;
  }
  return isShortened ? left + right < IPV6_GROUPS : left === IPV6_GROUPS;
}

function countGroups(text: string, mayEndInIpv4: boolean): number | undefined {
  if (text === '') {
    return 0;
  }
  const groups = text.split(':');
  const last = groups.at(-1)!;
  const isIpv4Last = mayEndInIpv4 && IPV4.test(last);
  const hexGroups = isIpv4Last ? groups.slice(0, -1) : groups;
  return hexGroups.every((group) => HEX_GROUP.test(group)) ? groups.length + (isIpv4Last ? 1 : 0) : undefined;
}
