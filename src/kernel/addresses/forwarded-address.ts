/**
 * Whom trusted proxies name as their client, as nginx's realip and geo take it: the last address of the list if the peer is trusted; recursively, on from there, the last
 * that is no trusted proxy itself. The list ends where something is no address.
 */

import { newAddress, parseAddress } from './parse-address.ts';

export interface NamedAddress {
  readonly address: string;
  /** Undefined: none was said. */
  readonly port: number | undefined;
}

const SEPARATORS = /[ ,]+/;
const PORT = /^[1-9]\d{0,4}$/;
const PORT_MAX = 65_535;
const SCRATCH = newAddress();

/** `lists`: the values of the field in their order. Undefined: the peer itself is the client. */
export function forwardedAddress(
  peer: string,
  lists: readonly string[],
  isTrusted: (address: string) => boolean,
  isRecursive: boolean,
): NamedAddress | undefined {
  let found: NamedAddress | undefined;
  const named = lists.join(',').split(SEPARATORS);
  for (let index = named.length - 1; index >= 0; index -= 1) {
    const text = named[index] ?? '';
    if (text === '') {
      continue;
    }
    const next = isTrusted(found?.address ?? peer) ? readNamed(text) : undefined;
    if (next === undefined) {
      return found;
    }
    found = next;
    if (!isRecursive) {
      return found;
    }
  }
  return found;
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`. */
export function readNamed(text: string): NamedAddress | undefined {
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1;
  const colon = text.indexOf(':');
  const isWithPort = bracket < 0 && colon >= 0 && colon === text.lastIndexOf(':');
  const end = isWithPort ? colon : text.length;
  const address = bracket >= 0 ? text.slice(1, bracket) : text.slice(0, end);
  const rest = bracket >= 0 ? text.slice(bracket + 1) : text.slice(end);
  if (!parseAddress(address, SCRATCH) || (bracket >= 0 && !address.includes(':'))) {
    return undefined;
  }
  const port = rest === '' ? undefined : rest.slice(1);
  const isPort = port === undefined || (rest.startsWith(':') && PORT.test(port) && Number(port) <= PORT_MAX);
  return isPort ? { address, port: port === undefined ? undefined : Number(port) } : undefined;
}
