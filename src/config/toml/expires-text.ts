/** When a response expires, as one text: nginx's words, with a unit for each time. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Expires } from '../model/answers.ts';
import { parseExpires as parseRule } from '../model/parse-expires.ts';
import type { Template } from '../model/template.ts';
import { parseTemplateText, renderTemplateText } from './template-text.ts';

export function parseExpires(text: string): Outcome<Expires | Template> {
  if (text.includes('$')) {
    return parseTemplateText(text);
  }
  const rule = parseRule(text);
  return rule === undefined
    ? failure(`"${text}" is not a time. Write "30d", "modified 1h", "@15h30m", "max", "epoch" or "off"`)
    : success(rule);
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
