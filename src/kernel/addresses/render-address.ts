/** Addresses as text, in the one form that logs and limits compare: IPv4 out of its wrapping of IPv6, IPv6 as RFC 5952 has it. */

import type { Address } from './parse-address.ts';

const GROUPS = 8;

export function renderAddress({ family, words }: Address): string {
  return family === 4 ? renderIpv4(words[0] ?? 0) : renderIpv6(words);
}

function renderIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

function renderIpv6(words: Uint32Array): string {
  const groups = Array.from(
    { length: GROUPS },
    (_, index) => ((words[index >> 1] ?? 0) >>> (index % 2 === 0 ? 16 : 0)) & 0xffff,
  );
  const { start, length } = longestZeros(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** RFC 5952 4.2.3: the longest run, and of several the first. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) {
      start = index + 1;
    } else if (index + 1 - start > best.length) {
      best = { start, length: index + 1 - start };
    }
  }
  return best;
}
