/** What stands in a `match`: conditions on what a server answers to a health check. */

import type { HealthDialogue, HealthMatch } from '../../../model/upstream.ts';
import { encodeUtf8 } from '../decode-utf8.ts';
import type { Entry } from '../entries.ts';
import { nginxRegexFault } from '../regex-fault.ts';
import type { NginxReport } from '../report.ts';

/** It stands behind its sign. */
export function checkRegexOf(entry: Entry, report: NginxReport): void {
  const signAt = entry.findIndex(({ text, isQuoted }) => /^!?~$/.test(text) && !isQuoted);
  const pattern = entry.slice(signAt + 1).map(({ text }) => text);
  const fault = signAt < 0 ? undefined : nginxRegexFault(pattern.join(' '), false);
  if (fault !== undefined) {
    report('nginx.invalid-value', (entry[signAt + 1] ?? entry[0]).place, fault.message, fault);
  }
}

/** Undefined: it is no condition. */
export function readDialogueEntry([kind, ...words]: Entry, said: HealthDialogue): HealthDialogue | undefined {
  const [first = '', second, ...more] = words.map(({ text }) => text);
  const isRegex = first === '~' && words[0]?.isQuoted === false && second !== undefined;
  if (first === '' || more.length > 0 || (second !== undefined && !isRegex)) {
    return undefined;
  }
  switch (kind.text) {
    case 'send':
      return isRegex ? undefined : { ...said, says: bytesOf(first) };
    case 'expect':
      return { ...said, expects: isRegex ? { text: second, isRegex } : { text: bytesOf(first), isRegex } };
    default:
      return undefined;
  }
}

/** In latin-1; `\xHH` is one byte. */
function bytesOf(text: string): string {
  return encodeUtf8(text)
    .toString('latin1')
    .replaceAll(/\\x([\da-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Undefined: it is no condition. */
export function readEntry([kind, ...words]: Entry, said: HealthMatch): HealthMatch | undefined {
  const texts = words.map(({ text }) => text);
  switch (kind.text) {
    case 'status':
      return readStatuses(texts, said);
    case 'header':
      return readField(texts, said);
    case 'body': {
      const [operator = '', pattern = '', ...more] = texts;
      const isOne = /^!?~$/.test(operator) && pattern !== '' && more.length === 0;
      return isOne ? { ...said, body: { pattern, isNegated: operator === '!~' } } : undefined;
    }
    default:
      return undefined;
  }
}

function readStatuses(texts: readonly string[], said: HealthMatch): HealthMatch | undefined {
  const isNegated = texts[0] === '!';
  const ranges = (isNegated ? texts.slice(1) : texts).map((text) => {
    const [, from, to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? [];
    return [Number(from), Number(to)] as const;
  });
  return ranges.length === 0 || !ranges.every(([from, to]) => from <= to)
    ? undefined
    : { ...said, statuses: ranges, statusesAreExcluded: isNegated };
}

function readField(texts: readonly string[], said: HealthMatch): HealthMatch | undefined {
  const isAbsent = texts[0] === '!';
  const [name = '', operator, ...values] = isAbsent ? texts.slice(1) : texts;
  if (name === '' || (operator === undefined) !== (values.length === 0) || (isAbsent && operator !== undefined)) {
    return undefined;
  }
  if (operator === undefined) {
    return { ...said, fields: [...said.fields, { name, isRegex: false, isNegated: isAbsent }] };
  }
  const [, not, sign] = /^(!?)(=|~)$/.exec(operator) ?? [];
  const value = values.join(' ');
  return sign === undefined
    ? undefined
    : { ...said, fields: [...said.fields, { name, value, isRegex: sign === '~', isNegated: not === '!' }] };
}
