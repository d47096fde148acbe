/** What the rows of meant differences ask of a difference. */

import { readRequest } from '../case.ts';
import type { Difference } from '../compare.ts';

export function isRefused({ statuses }: Difference): boolean {
  return statuses[1] === '400' && statuses[0] !== '400';
}

export function textOf({ request }: Difference): string {
  return readRequest(request).bytes.toString('latin1');
}

export function firstLine(difference: Difference): string {
  return textOf(difference).split(/\r?\n/)[0] ?? '';
}

export function fieldLines(difference: Difference): string[] {
  return (textOf(difference).split(/\r?\n\r?\n/)[0] ?? '').split(/\r?\n/).slice(1);
}

export function hostOf(difference: Difference): string {
  return /^Host: *(.*?)\r?$/im.exec(textOf(difference))?.[1] ?? '';
}

export function hasTwice(request: string): boolean {
  const heads = readRequest(request).bytes.toString('latin1').split('\r\n\r\n');
  return heads.some((head) => {
    const names = [...head.matchAll(/^([\w-]+):/gm)].map(([, name = '']) => name.toLowerCase());
    return new Set(names).size < names.length;
  });
}
