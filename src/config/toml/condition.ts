/** Conditions as nginx writes them: `$a = b`, `$a != b`, `$a ~ regex`, `$a !~* regex`, `-f path`, `!-e path`, `$a`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Condition } from '../model/instruction.ts';
import { parseTemplateText, renderTemplateText } from './template-text.ts';

const TESTS = { f: 'file', d: 'directory', e: 'any', x: 'executable' } as const;
const LETTERS = { file: 'f', directory: 'd', any: 'e', executable: 'x' } as const;

export function parseCondition(text: string): Outcome<Condition> {
  const file = /^(!)?-([fdex])\s+(.+)$/s.exec(text);
  if (file !== null) {
    const path = parseTemplateText(file[3] ?? '');
    const test = TESTS[file[2] as keyof typeof TESTS];
    return path.ok ? success({ kind: 'file', test, path: path.value, isNegated: file[1] === '!' }) : path;
  }
  const [, variable, operator, operand = ''] = /^\$(\w+)(?:\s*(!?=|!?~\*?)\s*(.*))?$/s.exec(text) ?? [];
  if (variable === undefined) {
    return failure(`"${text}" is not a condition. Write "$name = text", "$name ~ regex" or "-f path"`);
  }
  if (operator === undefined) {
    return success({ kind: 'true', variable });
  }
  const isNegated = operator.startsWith('!');
  if (operator.includes('~')) {
    return success({
      kind: 'matches',
      variable,
      pattern: { text: operand, isCaseless: operator.endsWith('*') },
      isNegated,
    });
  }
  const value = parseTemplateText(operand);
  return value.ok ? success({ kind: 'equals', variable, value: value.value, isNegated }) : value;
}

export function renderCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'true':
      return `$${condition.variable}`;
    case 'equals':
      return `$${condition.variable} ${condition.isNegated ? '!=' : '='} ${renderTemplateText(condition.value)}`;
    case 'matches':
      return `$${condition.variable} ${condition.isNegated ? '!' : ''}~${condition.pattern.isCaseless ? '*' : ''} ${condition.pattern.text}`;
    case 'file':
      return `${condition.isNegated ? '!' : ''}-${LETTERS[condition.test]} ${renderTemplateText(condition.path)}`;
  }
}
