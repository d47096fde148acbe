/** Networks as people write them: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, and for some uses `192.0.2.1-192.0.2.9`. */

import type { Address } from './parse-address.ts';
import { newAddress, parseAddress } from './parse-address.ts';

/** All addresses from `first` to `last`, as numbers of 32 or 128 bits. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

export interface ParsedNetwork extends AddressRange {
  /** Bits of the address behind the length of the prefix are set; they mean nothing, and nginx warns of them. */
  readonly hasLowBits: boolean;
}

const LENGTH = /^(?:0|[1-9]\d{0,2})$/;

/** Undefined for anything else. */
export function parseNetwork(text: string): ParsedNetwork | undefined {
  const slash = text.indexOf('/');
  const address = newAddress();
  if (!parseAddress(slash < 0 ? text : text.slice(0, slash), address)) {
    return undefined;
  }
  const written = text.includes(':') ? 128 : 32;
  const bits = address.family === 4 ? 32 : 128;
  const length = slash < 0 ? '' : text.slice(slash + 1);
  if (slash >= 0 && (!LENGTH.test(length) || Number(length) > written)) {
    return undefined;
  }
  // `::ffff:192.0.2.0/120` is 192.0.2.0/24. A shorter prefix is more than IPv4 has, and is left as IPv6.
  const prefix = slash < 0 ? bits : Number(length) - (written - bits);
  if (prefix < 0) {
    const mapped = 0xffff00000000n + numberOf(address);
    return blockOf(6, mapped, Number(length), 128);
  }
  return blockOf(address.family, numberOf(address), prefix, bits);
}

/** Two addresses of IPv4 with a hyphen, the lower one first. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const hyphen = text.indexOf('-');
  const from = newAddress();
  const to = newAddress();
  const isRange =
    hyphen > 0 &&
    !text.includes(':') &&
    parseAddress(text.slice(0, hyphen), from) &&
    parseAddress(text.slice(hyphen + 1), to);
  if (!isRange) {
    return undefined;
  }
  const range: AddressRange = { family: 4, first: numberOf(from), last: numberOf(to) };
  return range.first <= range.last ? range : undefined;
}

function blockOf(family: 4 | 6, address: bigint, prefix: number, bits: number): ParsedNetwork {
  const low = (1n << BigInt(bits - prefix)) - 1n;
  const first = address & ~low;
  return { family, first, last: first | low, hasLowBits: first !== address };
}

export function numberOf({ family, words }: Address): bigint {
  return family === 4 ? BigInt(words[0] ?? 0) : words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}
