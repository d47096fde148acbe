/** Templates as portico.toml has them: nginx's `$name`, `${name}` and `$1`; a dollar itself is written twice. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Template, TemplatePart } from '../model/template.ts';

/** Stands for a dollar that came from elsewhere, until the text is read (a character of Unicode's private use, which no file has). */
export const LITERAL_DOLLAR = '\uf8f0';

const PART = /\$(?:(\$)|([1-9])|(\w+)|\{(\w+)\})|[^$]+|\$/g;

export function parseTemplateText(text: string): Outcome<Template> {
  const parts: TemplatePart[] = [];
  let isConstant = true;
  for (const [whole, dollar, capture, name, braced] of text.matchAll(PART)) {
    if (whole === '$') {
      return failure(`after a dollar stands the name of a variable; a dollar itself is written twice: "$$"`);
    }
    if (dollar !== undefined) {
      addText(parts, '$');
    } else if (capture !== undefined) {
      parts.push({ capture: Number(capture) });
      isConstant = false;
    } else if (name !== undefined || braced !== undefined) {
      parts.push({ variable: name ?? braced ?? '' });
      isConstant = false;
    } else {
      addText(parts, whole);
    }
  }
  const [only = ''] = parts;
  return success(isConstant && typeof only === 'string' ? only : parts);
}

export function withDollars(text: string): string {
  return text.replaceAll(LITERAL_DOLLAR, '$');
}

function addText(parts: TemplatePart[], piece: string): void {
  const text = withDollars(piece);
  const last = parts.at(-1);
  if (typeof last === 'string') {
    parts[parts.length - 1] = last + text;
  } else {
    parts.push(text);
  }
}

export function renderTemplateText(template: Template): string {
  if (typeof template === 'string') {
    return escapeText(template);
  }
  let text = '';
  for (const [index, part] of template.entries()) {
    if (typeof part === 'string') {
      text += escapeText(part);
    } else if ('capture' in part) {
      text += `$${part.capture}`;
    } else {
      text += isFollowedByWord(template[index + 1]) ? `\${${part.variable}}` : `$${part.variable}`;
    }
  }
  return text;
}

function isFollowedByWord(next: TemplatePart | undefined): boolean {
  return typeof next === 'string' && /^\w/.test(next);
}

function escapeText(text: string): string {
  return text.replaceAll('$', '$$$$');
}
