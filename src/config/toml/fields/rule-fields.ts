/** The instructions of nginx's rewrite module, as portico.toml has them: a list of tables, each with a key that says what it is. */

import { failure } from '../../../kernel/outcome.ts';
import type { Condition, Instruction, Rewrite } from '../../model/instruction.ts';
import type { Template } from '../../model/template.ts';
import { parseCondition, renderCondition } from '../condition.ts';
import type { Kind, Path, Reading, TomlTable, TomlValue } from '../kind.ts';
import { describe, FAULTY, isTable } from '../kind.ts';
import { noteCondition } from '../note-names.ts';
import { choice, FLAG, integer, PATTERN, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import { field, list, required, table } from '../table.ts';

/** An `if` whose scope and content are what the reader of locations makes of it. */
export type Rule = Exclude<Instruction, { readonly kind: 'if' }> | IfRule;
export interface IfRule {
  readonly kind: 'if';
  readonly condition: Condition;
  readonly rules: readonly Rule[];
  /** Keys of a location, which hold while the condition does. */
  readonly inside: TomlTable;
}

const REWRITE: Kind<Omit<Rewrite, 'kind'>> = table<Omit<Rewrite, 'kind'>>({
  pattern: required<Rewrite['pattern']>(
    'rewrite',
    PATTERN,
    { text: '', isCaseless: false },
    'What the path must match.',
  ),
  replacement: required<Template>(
    'to',
    TEMPLATE,
    '',
    'The path and query in its place, or a URL, which is redirected to.',
  ),
  appendsArguments: field<boolean>('keep-query', FLAG, true, "Append the request's query."),
  flag: field<Rewrite['flag']>(
    'then',
    choice('none', 'last', 'break', 'redirect', 'permanent'),
    'none',
    '`last` looks for a location, `break` stays here, `redirect` and `permanent` answer 302 and 301.',
  ),
});

const RETURN: Kind<{ readonly status: number; readonly body: Template | undefined }> = table<{
  readonly status: number;
  readonly body: Template | undefined;
}>({
  status: required<number>('return', integer(0, 999), 200, 'The status; 444 closes the connection.'),
  body: field<Template | undefined>('with', TEMPLATE, undefined, 'The body, or the URL of a redirect.'),
});

const SET: Kind<{ readonly variable: string; readonly value: Template }> = table<{
  readonly variable: string;
  readonly value: Template;
}>({
  variable: required<string>('set', TEXT, '', 'A variable, without its dollar.'),
  value: required<Template>('to', TEMPLATE, '', 'Its value.'),
});

const CONDITION: Kind<Condition> = scalar<Condition>({
  words: 'a condition',
  schema: { type: 'string' },
  parse: (value) =>
    typeof value === 'string' ? parseCondition(value) : failure(`${describe(value)} is not a condition`),
  render: renderCondition,
  note: noteCondition,
});

const KEYS = ['if', 'rewrite', 'return', 'set', 'break'] as const;
/** What one rule in an `if` may be written with, beside the condition: `{ if = "$slow", return = 429 }`. */
const SHORT_KEYS = new Set(['rewrite', 'to', 'keep-query', 'then', 'return', 'with', 'set', 'break']);

const RULE: Kind<Rule> = {
  words: 'a table with `rewrite`, `return`, `set`, `if`, or `break`',
  schema: {
    type: 'object',
    anyOf: [
      REWRITE.schema,
      RETURN.schema,
      SET.schema,
      { required: ['if'] },
      { properties: { break: { const: true } } },
    ],
  },
  read: readRule,
  write: writeRule,
};

export const RULES: Kind<readonly Rule[]> = list(RULE, 'a list of rules');

function readRule(value: TomlValue, path: Path, reading: Reading): Rule | typeof FAULTY {
  const key = isTable(value) ? KEYS.find((name) => name in value) : undefined;
  if (!isTable(value) || key === undefined) {
    reading.report(
      path,
      `${describe(value)} is not a rule: a table with ${KEYS.map((name) => `"${name}"`).join(', ')}`,
    );
    return FAULTY;
  }
  switch (key) {
    case 'rewrite':
      return tagged('rewrite', REWRITE.read(value, path, reading, undefined));
    case 'return':
      return tagged('return', RETURN.read(value, path, reading, undefined));
    case 'set':
      return readSet(value, path, reading);
    case 'if':
      return readIf(value, path, reading);
    case 'break':
      return { kind: 'break' };
  }
}

function tagged<K extends string, T extends object>(
  kind: K,
  read: T | typeof FAULTY,
): ({ kind: K } & T) | typeof FAULTY {
  return read === FAULTY ? FAULTY : { kind, ...read };
}

function readSet(value: TomlTable, path: Path, reading: Reading): Rule | typeof FAULTY {
  const read = tagged('set', SET.read(value, path, reading, undefined));
  if (read !== FAULTY) {
    reading.defines(read.variable);
  }
  return read;
}

function readIf(value: TomlTable, path: Path, reading: Reading): Rule | typeof FAULTY {
  const { if: text = '', rules: then = [], ...rest } = value;
  const condition = CONDITION.read(text, [...path, 'if'], reading, undefined);
  const rules = RULES.read(then, [...path, 'rules'], reading, undefined);
  const [short, inside] = [true, false].map((isShort) =>
    Object.fromEntries(Object.entries(rest).filter(([name]) => SHORT_KEYS.has(name) === isShort)),
  );
  const isShort = short !== undefined && Object.keys(short).length > 0;
  const first = isShort ? readRule(short, path, reading) : undefined;
  if (condition === FAULTY || rules === FAULTY || first === FAULTY) {
    return FAULTY;
  }
  return { kind: 'if', condition, rules: first === undefined ? rules : [first, ...rules], inside: inside ?? {} };
}

function writeRule(rule: Rule): TomlValue {
  switch (rule.kind) {
    case 'rewrite':
      return REWRITE.write(rule, undefined) ?? {};
    case 'return':
      return RETURN.write(rule, undefined) ?? {};
    case 'set':
      return SET.write(rule, undefined) ?? {};
    case 'break':
      return { break: true };
    case 'if':
      return {
        if: CONDITION.write(rule.condition, undefined) ?? '',
        ...(rule.rules.length === 0 ? {} : { rules: rule.rules.map(writeRule) }),
        ...rule.inside,
      };
  }
}
