/**
 * Values by networks: the narrowest that holds an address is found by one look-up for each length that a prefix of the table has, 33 or 129 at most, however many
 * networks there are.
 */

import { isIPv4 } from 'node:net';
import { binaryAddress } from '../pipeline/variables/connection-variables.ts';

const V4_BITS = 32;
const V6_BITS = 128;
const MAPPED_PREFIX = `${'\0'.repeat(10)}\xff\xff`;

interface Lengths<T> {
  /** The longest first. */
  readonly lengths: number[];
  readonly byLength: Map<number, Map<string, T>>;
}

export class NetworkTable<T> {
  readonly #v4: Lengths<T> = { lengths: [], byLength: new Map() };
  readonly #v6: Lengths<T> = { lengths: [], byLength: new Map() };

  /** `192.0.2.0/24`, `192.0.2.1`, `2001:db8::/32`, or `192.0.2.0-192.0.2.9`. Of equal networks the last counts. */
  constructor(entries: readonly (readonly [network: string, value: T])[]) {
    for (const [network, value] of entries) {
      const [from = '', to] = network.split('-');
      if (to === undefined) {
        this.#addBlock(from, value);
      } else {
        this.#addRange(from, to, value);
      }
    }
    for (const table of [this.#v4, this.#v6]) {
      table.lengths.push(...[...table.byLength.keys()].sort((a, b) => b - a));
    }
  }

  #addBlock(network: string, value: T): void {
    const [address = '', length] = network.split('/');
    const bytes = addressBytes(address);
    if (bytes !== undefined) {
      this.#add(bytes, length === undefined ? bytes.length * 8 : Number(length), value);
    }
  }

  /** As the fewest blocks. Ranges are of IPv4. */
  #addRange(from: string, to: string, value: T): void {
    let low = numberOf(addressBytes(from) ?? '');
    const high = numberOf(addressBytes(to) ?? '');
    while (low <= high) {
      let size = 1;
      while (low % (size * 2) === 0 && low + size * 2 - 1 <= high) {
        size *= 2;
      }
      this.#add(bytesOfNumber(low), V4_BITS - Math.log2(size), value);
      low += size;
    }
  }

  #add(bytes: string, length: number, value: T): void {
    const { byLength } = bytes.length * 8 === V6_BITS ? this.#v6 : this.#v4;
    const table = byLength.get(length) ?? new Map<string, T>();
    byLength.set(length, table.set(prefixOf(bytes, length), value));
  }

  /** Undefined: no network holds it, or it is no address. */
  find(address: string): T | undefined {
    const bytes = addressBytes(address);
    if (bytes === undefined) {
      return undefined;
    }
    const { lengths, byLength } = bytes.length * 8 === V6_BITS ? this.#v6 : this.#v4;
    for (const length of lengths) {
      const value = byLength.get(length)?.get(prefixOf(bytes, length));
      if (value !== undefined) {
        return value;
      }
    }
    return undefined;
  }
}

/** Four or sixteen bytes. An IPv4 address in the clothes of IPv6 is one of IPv4. */
function addressBytes(address: string): string | undefined {
  const bytes = isIPv4(address) || address.includes(':') ? binaryAddress(address) : '';
  if (bytes.startsWith(MAPPED_PREFIX)) {
    return bytes.slice(MAPPED_PREFIX.length);
  }
  return bytes.length === V4_BITS / 8 || bytes.length === V6_BITS / 8 ? bytes : undefined;
}

function prefixOf(bytes: string, length: number): string {
  const whole = length >> 3;
  const rest = length & 7;
  const prefix = bytes.slice(0, whole);
  return rest === 0 ? prefix : prefix + String.fromCharCode(bytes.charCodeAt(whole) & (0xff00 >> rest));
}

function numberOf(bytes: string): number {
  return Buffer.from(bytes, 'latin1').reduce((sum, byte) => sum * 256 + byte, 0);
}

function bytesOfNumber(value: number): string {
  return String.fromCharCode(
    Math.floor(value / 0x1000000),
    Math.floor(value / 0x10000) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  );
}
