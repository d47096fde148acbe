/** What `expires` says: read from a file, or made of variables for a request. */

import type { Expires } from './answers.ts';

const UNITS_S: Readonly<Record<string, number>> = {
  y: 31_536_000,
  M: 2_592_000,
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
  '': 1,
};
const WORDS: readonly string[] = ['epoch', 'max', 'off'];
const DAY_S = 86_400;

/** Undefined: it is none of these. */
export function parseExpires(text: string): Expires | undefined {
  if (WORDS.includes(text)) {
    return { kind: text as 'epoch' | 'max' | 'off' };
  }
  const [, isModified, sign = '', time = ''] = /^(modified\s+)?(@|[+-])?(.+)$/.exec(text) ?? [];
  const seconds = parseSeconds(time);
  if (seconds === undefined) {
    return undefined;
  }
  if (sign === '@') {
    return isModified === undefined && seconds <= DAY_S ? { kind: 'at', secondOfDay: seconds } : undefined;
  }
  return {
    kind: 'after',
    seconds: sign === '-' ? -seconds : seconds,
    since: isModified === undefined ? 'access' : 'modification',
  };
}

/** `1d 12h`, `30m`, `90`: each unit at most once, the largest first. */
function parseSeconds(text: string): number | undefined {
  const parts = text.match(/^(\d{1,9}[yMwdhms]?\s*)+$/) === null ? [] : [...text.matchAll(/(\d+)([yMwdhms]?)/g)];
  let seconds = parts.length === 0 ? undefined : 0;
  let last = Infinity;
  for (const [, digits = '', unit = ''] of parts) {
    const factor = UNITS_S[unit] ?? 1;
    seconds = seconds === undefined || factor >= last ? undefined : seconds + Number(digits) * factor;
    last = factor;
  }
  return seconds;
}
