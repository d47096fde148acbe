/** Which requests a location answers, as the key of its table: nginx's `/prefix/`, `= /exact`, `^~ /prefix/`, `~ regex`, `~* regex`, `@name`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Location } from '../model/server-model.ts';

export function parseLocationKey(text: string): Outcome<Location['match']> {
  const [, modifier, rest = ''] = /^(=|\^~|~\*|~)\s*(.*)$/s.exec(text) ?? [];
  switch (modifier) {
    case '~':
    case '~*':
      return rest === ''
        ? failure('a regex is missing behind the tilde')
        : success({ kind: 'regex', pattern: { text: rest, isCaseless: modifier === '~*' } });
    case '=':
      return prefixed('exact', rest);
    case '^~':
      return prefixed('final-prefix', rest);
    default:
      return /^@./.test(text) ? success({ kind: 'named', text }) : prefixed('prefix', text);
  }
}

function prefixed(kind: 'exact' | 'final-prefix' | 'prefix', text: string): Outcome<Location['match']> {
  return text.startsWith('/')
    ? success({ kind, text })
    : failure(`"${text}" is not a path, which begins with a slash. A regex has "~" in front`);
}

export function renderLocationKey(match: Location['match']): string {
  switch (match.kind) {
    case 'exact':
      return `= ${match.text}`;
    case 'final-prefix':
      return `^~ ${match.text}`;
    case 'regex':
      return `~${match.pattern.isCaseless ? '*' : ''} ${match.pattern.text}`;
    default:
      return match.text;
  }
}
