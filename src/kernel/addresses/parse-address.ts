/**
 * Addresses as numbers: IPv4 in one, IPv6 in four of 32 bits. Read by hand, because a table is asked with each request and Node's own classes make objects of what is
 * asked. An IPv4 address in the form of IPv6 (RFC 4291 2.5.5.2) is the same address, here and everywhere in Portico.
 */

export interface Address {
  family: 4 | 6;
  /** The words of the address, the most significant first; only the first for IPv4. */
  readonly words: Uint32Array;
}

export function newAddress(): Address {
  return { family: 4, words: new Uint32Array(WORDS) };
}

const WORDS = 4;
const GROUPS = 8;
const MAPPED = 0xffff;
const DOT = 0x2e;
const COLON = 0x3a;

/** Reads into `address`, which then can be read into again; false for what is no address, and for one with a zone. */
export function parseAddress(text: string, address: Address): boolean {
  const { words } = address;
  if (!text.includes(':')) {
    const value = parseIpv4(text, 0);
    address.family = 4;
    words[0] = Math.max(0, value);
    return value >= 0;
  }
  if (!parseIpv6(text, words)) {
    return false;
  }
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
  address.family = isMapped ? 4 : 6;
  if (isMapped) {
    words[0] = words[3] ?? 0;
  }
  return true;
}

/** Four decimal numbers without leading zeros, up to the end of the text; -1 for anything else. */
function parseIpv4(text: string, start: number): number {
  let value = 0;
  let part = -1;
  let parts = 1;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT && part >= 0 && parts < 4) {
      value = value * 256 + part;
      part = -1;
      parts += 1;
    } else if (code >= 0x30 && code <= 0x39 && part !== 0) {
      part = Math.max(0, part) * 10 + code - 0x30;
      if (part > 255) {
        return -1;
      }
    } else {
      return -1;
    }
  }
  return parts === 4 && part >= 0 ? value * 256 + part : -1;
}

function parseIpv6(text: string, words: Uint32Array): boolean {
  words.fill(0);
  let count = 0;
  /** Groups before `::`. */
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) {
      return false;
    }
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const end = text.indexOf(':', at);
    if (end < 0 && text.indexOf('.', at) >= 0) {
      const tail = parseIpv4(text, at);
      if (tail < 0 || count > GROUPS - 2) {
        return false;
      }
      setGroup(words, count, Math.floor(tail / 0x10000));
      setGroup(words, count + 1, tail & 0xffff);
      count += 2;
      break;
    }
    const group = parseGroup(text, at, end < 0 ? text.length : end);
    if (group < 0 || count === GROUPS) {
      return false;
    }
    setGroup(words, count, group);
    count += 1;
    if (end < 0) {
      break;
    }
    at = end + 1;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) {
        return false;
      }
      gap = count;
      at += 1;
    } else if (at === text.length) {
      return false;
    }
  }
  return gap < 0 ? count === GROUPS : count < GROUPS && widen(words, gap, count);
}

function parseGroup(text: string, start: number, end: number): number {
  if (end === start || end - start > 4) {
    return -1;
  }
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at) | 0x20;
    const isDigit = text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39;
    if (!isDigit && !(code >= 0x61 && code <= 0x66)) {
      return -1;
    }
    value = value * 16 + (isDigit ? text.charCodeAt(at) - 0x30 : code - 0x57);
  }
  return value;
}

function setGroup(words: Uint32Array, index: number, value: number): void {
  const word = index >> 1;
  const before = words[word] ?? 0;
  words[word] = index % 2 === 0 ? (before & 0xffff) | (value << 16) : (before & 0xffff0000) | value;
}

function getGroup(words: Uint32Array, index: number): number {
  return ((words[index >> 1] ?? 0) >>> (index % 2 === 0 ? 16 : 0)) & 0xffff;
}

/** Moves the groups behind `::` to the end. */
function widen(words: Uint32Array, gap: number, count: number): true {
  for (let moved = 1; moved <= count - gap; moved += 1) {
    const value = getGroup(words, count - moved);
    setGroup(words, count - moved, 0);
    setGroup(words, GROUPS - moved, value);
  }
  return true;
}
