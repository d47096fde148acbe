/** Names in values: the variables of templates and conditions, and those that the groups of regexes define. */

import { toLatin1 } from '../../kernel/latin1.ts';
import { checkRegex } from '../../kernel/regex/regex.ts';
import type { Condition } from '../model/instruction.ts';
import type { Location, ServerName } from '../model/server-model.ts';
import type { Pattern, Template } from '../model/template.ts';
import { namedGroupsOf } from '../model/variable-names.ts';
import type { Path, Reading } from './kind.ts';

export function noteTemplate(template: Template, path: Path, reading: Reading): void {
  for (const part of typeof template === 'string' ? [] : template) {
    if (typeof part !== 'string' && 'variable' in part) {
      reading.uses('variable', part.variable, path);
    }
  }
}

/** A regex that cannot be compiled would keep the server from starting, without a word about its place. */
export function noteRegex({ text, isCaseless }: Pattern, path: Path, reading: Reading): void {
  const fault = checkRegex(toLatin1(text), { caseless: isCaseless });
  if (fault !== undefined) {
    reading.report(path, `the regex "${text}" cannot be used: ${fault.message}`);
  }
}

/** Its groups are variables. */
export function notePattern(pattern: Pattern, path: Path, reading: Reading): void {
  const { text } = pattern;
  noteRegex(pattern, path, reading);
  for (const name of namedGroupsOf(text)) {
    reading.defines(name);
  }
}

export function noteCondition(condition: Condition, path: Path, reading: Reading): void {
  if (condition.kind === 'file') {
    noteTemplate(condition.path, path, reading);
    return;
  }
  reading.uses('variable', condition.variable, path);
  if (condition.kind === 'matches') {
    notePattern(condition.pattern, path, reading);
  } else if (condition.kind === 'equals') {
    noteTemplate(condition.value, path, reading);
  }
}

export function noteMatch(match: Location['match'] | ServerName, path: Path, reading: Reading): void {
  if (match.kind === 'regex') {
    notePattern(match.pattern, path, reading);
  }
}
