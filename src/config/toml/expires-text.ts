/** When a response expires, as one text: nginx's words, with a unit for each time. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Expires } from '../model/answers.ts';
import type { Template } from '../model/template.ts';
import { parseTemplateText, renderTemplateText } from './template-text.ts';

const UNITS = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
  ['y', 31_536_000],
]);
const SECONDS_OF_DAY = 86_400;

export function parseExpires(text: string): Outcome<Expires | Template> {
  if (text === 'max' || text === 'epoch' || text === 'off') {
    return success({ kind: text });
  }
  if (text.includes('$')) {
    return parseTemplateText(text);
  }
  const [, time] = /^@(\S+)$/.exec(text) ?? [];
  if (time !== undefined) {
    const secondOfDay = parseSeconds(time);
    return secondOfDay === undefined || secondOfDay >= SECONDS_OF_DAY
      ? failure(`"${text}" is not a time of day. Write "@15h30m"`)
      : success({ kind: 'at', secondOfDay });
  }
  const [, modified, sign, duration = ''] = /^(modified )?([+-])?(\S+)$/.exec(text) ?? [];
  const seconds = parseSeconds(duration);
  return seconds === undefined
    ? failure(`"${text}" is not a time. Write "30d", "modified 1h", "@15h30m", "max", "epoch" or "off"`)
    : success({
        kind: 'after',
        seconds: sign === '-' ? -seconds : seconds,
        since: modified === undefined ? 'access' : 'modification',
      });
}

/** `1d12h`: the sum of its parts. */
function parseSeconds(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhdwy]?)+$/.test(text)) {
    return undefined;
  }
  let seconds = 0;
  for (const [, number, unit = ''] of text.matchAll(/(\d+)([smhdwy]?)/g)) {
    seconds += Number(number) * (UNITS.get(unit) ?? 1);
  }
  return seconds;
}

export function renderExpires(expires: Expires | Template): string {
  if (typeof expires === 'string' || !('kind' in expires)) {
    return renderTemplateText(expires);
  }
  switch (expires.kind) {
    case 'at':
      return `@${expires.secondOfDay}s`;
    case 'after':
      return `${expires.since === 'access' ? '' : 'modified '}${expires.seconds}s`;
    default:
      return expires.kind;
  }
}
