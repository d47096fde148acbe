/** Text with variables in commands of pages, and the conditions of `if`. Pure: variables and regexes are asked of whoever has them. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';

export interface SsiNames {
  /** Undefined: there is no such thing, which is as good as empty. */
  lookUp(name: string): string | undefined;
  /** The captures are those of the match from then on. Undefined: the regex is none. */
  matches(regex: string, text: string): boolean | undefined;
}

/** A variable that is put into itself again and again would double with each command. */
export const SSI_TEXT_LENGTH_MAX = 1_048_576;

const NAME = /\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+)/y;

/** A backslash takes away the meaning of `\ ' " $`, and stays in front of all else. */
export function evaluateText(text: string, names: SsiNames): Outcome<string> {
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    const ch = text[at] ?? '';
    if (ch === '\\' && /[\\'"$]/.test(text[at + 1] ?? '')) {
      at += 1;
      result += text[at] ?? '';
    } else if (ch === '$') {
      NAME.lastIndex = at + 1;
      const found = NAME.exec(text);
      if (found === null) {
        return failure(
          text[at + 1] === '{' ? `the closing bracket in "${text}" is missing` : `invalid variable name in "${text}"`,
        );
      }
      result += names.lookUp((found[1] ?? found[2] ?? '').toLowerCase()) ?? '';
      at += found[0].length;
    } else {
      result += ch;
    }
    if (result.length > SSI_TEXT_LENGTH_MAX) {
      return failure('a value is longer than it may be');
    }
  }
  return success(result);
}

/** `$a`, `$a = text`, `$a != text`, `$a = /regex/`. */
export function evaluateCondition(expression: string, names: SsiNames): Outcome<boolean> {
  const [, leftText = '', rest = ''] = /^([A-Za-z0-9${}_"']*) *(.*)$/s.exec(expression) ?? [];
  const left = evaluateText(leftText.toLowerCase(), names);
  if (!left.ok) {
    return left;
  }
  if (rest === '') {
    return success(left.value !== '');
  }
  const [, operator, rightText = ''] = /^(=|!=) *(.*)$/s.exec(rest) ?? [];
  if (operator === undefined) {
    return failure(`invalid expression in "${expression}"`);
  }
  const isSame = compare(left.value, rightText, expression, names);
  return isSame.ok ? success(isSame.value === (operator === '=')) : isSame;
}

function compare(left: string, rightText: string, expression: string, names: SsiNames): Outcome<boolean> {
  const isRegex = rightText.length > 1 && rightText.startsWith('/');
  if (isRegex && !rightText.endsWith('/')) {
    return failure(`invalid expression in "${expression}"`);
  }
  const text = isRegex ? rightText.slice(1, -1) : rightText.replace(/^\\\//, '/');
  const right = evaluateText(text, names);
  if (!right.ok || !isRegex) {
    return right.ok ? success(left === right.value) : right;
  }
  const found = names.matches(right.value, left);
  return found === undefined ? failure(`the regex in "${expression}" cannot be used`) : success(found);
}
