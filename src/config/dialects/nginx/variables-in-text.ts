/** Text with variables, as nginx cuts it: `$name`, `${name}`, `$1` to `$9`. */

import type { Template, TemplatePart } from '../../model/template.ts';

export interface VariableUse {
  readonly name: string;
  /** Of the dollar, and of all up to the end of the name, in the text. */
  readonly offset: number;
  readonly length: number;
}

export interface TextFault {
  /** In nginx's words. */
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

export interface ParsedText {
  readonly template: Template;
  readonly variables: readonly VariableUse[];
  readonly fault: TextFault | undefined;
}

export function parseText(text: string): ParsedText {
  if (!text.includes('$')) {
    return { template: text, variables: [], fault: undefined };
  }
  const parts: TemplatePart[] = [];
  const variables: VariableUse[] = [];
  let from = 0;
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
    if (at > from) parts.push(text.slice(from, at));
    const next = text[at + 1] ?? '';
    if (next >= '1' && next <= '9') {
      parts.push({ capture: Number(next) });
      from = at + 2;
      continue;
    }
    const hasBracket = next === '{';
    const start = at + (hasBracket ? 2 : 1);
    const name = nameAt(text, start);
    const end = start + name.length;
    const isClosed = !hasBracket || text[end] === '}';
    if (!isClosed && end > start) {
      const message = `the closing bracket in "${name}" variable is missing`;
      return { template: text, variables, fault: { message, offset: at, length: end - at } };
    }
    if (name === '') {
      const length = Math.min(text.length, start + 1) - at;
      return { template: text, variables, fault: { message: 'invalid variable name', offset: at, length } };
    }
    from = hasBracket ? end + 1 : end;
    parts.push({ variable: name });
    variables.push({ name, offset: at, length: from - at });
  }
  if (from < text.length) parts.push(text.slice(from));
  return { template: parts, variables, fault: undefined };
}

function nameAt(text: string, start: number): string {
  const pattern = /\w*/y;
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? '';
}
