/** The condition of an `if`: the words between its brackets, as nginx reads them. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { Condition } from '../../model/instruction.ts';
import { nginxRegexFault } from './regex-fault.ts';
import type { Word } from './token.ts';
import { parseText } from './variables-in-text.ts';

export interface ConditionFault {
  readonly message: string;
  readonly word: Word;
  readonly hint?: string;
}

/** What a condition is, and the words of it that hold variables: the variable that is asked, and the text or path. */
export interface ParsedCondition {
  readonly condition: Condition;
  readonly texts: readonly Word[];
}

const FILE_TESTS: Readonly<Record<string, 'file' | 'directory' | 'any' | 'executable'>> = {
  f: 'file',
  d: 'directory',
  e: 'any',
  x: 'executable',
};

const FORM =
  'Write if ($name), if ($name = text), if ($name ~ regex), or if (-f path), each with spaces between its words.';

/** `words` is what stands between `if` and the brace; at least one. */
export function parseCondition(words: readonly Word[]): Outcome<ParsedCondition, ConditionFault> {
  const inside = withoutBrackets(words);
  if (!inside.ok) {
    return inside;
  }
  const [first, operator, last, ...rest] = inside.value;
  if (first === undefined) {
    return failure({ message: 'invalid condition ")"', word: words[0] as Word, hint: FORM });
  }
  if (first.text.length > 1 && first.text.startsWith('$')) {
    if (rest.length > 0 || (operator !== undefined && last === undefined)) {
      return failure(invalid(first));
    }
    const variable = variableOf(first.text);
    if (operator === undefined || last === undefined) {
      return success({ condition: { kind: 'true', variable }, texts: [first] });
    }
    return comparison(first, operator, last);
  }
  const [, negation, letter = ''] = /^(!?)-(.)$/.exec(first.text) ?? [];
  const test = FILE_TESTS[letter];
  if (test === undefined || operator === undefined || last !== undefined) {
    return failure(invalid(first));
  }
  const path = parseText(operator.text).template;
  return success({ condition: { kind: 'file', test, path, isNegated: negation === '!' }, texts: [operator] });
}

function comparison(first: Word, operator: Word, last: Word): Outcome<ParsedCondition, ConditionFault> {
  const variable = variableOf(first.text);
  switch (operator.text) {
    case '=':
    case '!=': {
      const value = parseText(last.text).template;
      const isNegated = operator.text === '!=';
      return success({ condition: { kind: 'equals', variable, value, isNegated }, texts: [first, last] });
    }
    case '~':
    case '~*':
    case '!~':
    case '!~*': {
      const isCaseless = operator.text.endsWith('*');
      const isNegated = operator.text.startsWith('!');
      const fault = nginxRegexFault(last.text, isCaseless);
      if (fault !== undefined) {
        return failure({ ...fault, word: last });
      }
      const pattern = { text: last.text, isCaseless };
      return success({ condition: { kind: 'matches', variable, pattern, isNegated }, texts: [first] });
    }
    default:
      return failure({
        message: `unexpected "${operator.text}" in condition`,
        word: operator,
        hint: operator.text === '==' ? 'Write "=" for "is equal to".' : FORM,
      });
  }
}

/** A bracket may be a word of its own, or stand at one. */
function withoutBrackets(words: readonly Word[]): Outcome<readonly Word[], ConditionFault> {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined || !first.text.startsWith('(')) {
    return failure(invalid(first as Word));
  }
  if (!last.text.endsWith(')') || (words.length === 1 && last.text.length === 1)) {
    return failure(invalid(last));
  }
  const opened = words.map((word, index) => (index === 0 ? cut(word, 1, word.text.length) : word));
  const closed = opened.map((word, index) => (index === opened.length - 1 ? cut(word, 0, word.text.length - 1) : word));
  // A bracket alone leaves nothing of its word; a text that is empty on purpose has quotes.
  return success(closed.filter(({ text, isQuoted }) => text !== '' || isQuoted));
}

function cut(word: Word, from: number, to: number): Word {
  const { place, isVerbatim } = word;
  const text = word.text.slice(from, to);
  return place.kind === 'file' && isVerbatim && !word.isQuoted
    ? { ...word, text, place: { ...place, column: place.column + from, length: Math.max(1, text.length) } }
    : { ...word, text };
}

function variableOf(text: string): string {
  return text.slice(1);
}

function invalid(word: Word): ConditionFault {
  return { message: `invalid condition "${word.text}"`, word, hint: FORM };
}
