/** What is done to heads of responses, and to refusals, as portico.toml has it. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { ErrorPage, Expires, FieldRule, FieldRules, Redirects, Refusals, UserId } from '../../model/answers.ts';
import type { Scope } from '../../model/scope.ts';
import type { Template } from '../../model/template.ts';
import { parseErrorPage, renderErrorPage } from '../error-page.ts';
import { parseExpires, renderExpires } from '../expires-text.ts';
import type { Kind, TomlTable } from '../kind.ts';
import { describe, FAULTY, isTable } from '../kind.ts';
import { choice, FLAG, integer, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';

const RULE: Fields<FieldRule> = {
  name: required<string>('name', TEXT, '', 'The name of the field.'),
  value: field<Template>('value', TEMPLATE, '', 'Its value; where it comes out empty, no field is added.'),
  always: field<boolean>('always', FLAG, false, 'Also in errors and other statuses that are no success or redirect.'),
  effect: field<FieldRule['effect']>(
    'effect',
    choice('add', 'set', 'clear'),
    'add',
    '`add` a field beside those of the application, `set` it in their place, or `clear` them.',
  ),
};

const RULES = list(table(RULE));

/** A list of tables, or for the usual case a table: name = value. */
const FIELD_RULES: Kind<readonly FieldRule[]> = {
  words: 'a table: name = value, or a list of tables',
  schema: { anyOf: [RULES.schema, { type: 'object', additionalProperties: { type: 'string' } }] },
  read: (value, path, reading) => {
    if (!isTable(value)) {
      return RULES.read(value, path, reading, undefined);
    }
    const read = Object.entries(value).map(([name, each]) => {
      const template = TEMPLATE.read(each, [...path, name], reading, undefined);
      return template === FAULTY ? FAULTY : { name, value: template, always: false, effect: 'add' as const };
    });
    return read.includes(FAULTY) ? FAULTY : (read as FieldRule[]);
  },
  write: (rules, around) => {
    const names = new Set(rules.map(({ name }) => name));
    const isSimple = names.size === rules.length && rules.every(({ always, effect }) => !always && effect === 'add');
    return isSimple && rules.length > 0
      ? Object.fromEntries(rules.map(({ name, value }) => [name, TEMPLATE.write(value, undefined) ?? '']))
      : RULES.write(rules, around);
  },
};

const EXPIRES: Kind<Expires | Template> = scalar<Expires | Template>({
  words: '`30d`, `modified 1h`, `@15h30m`, `max`, `epoch`, `off`, or a text with variables',
  schema: { type: ['string', 'number'] },
  parse: (value) =>
    typeof value === 'string' || typeof value === 'number'
      ? parseExpires(String(value))
      : failure(`${describe(value)} is not a time`),
  render: renderExpires,
});

const ERROR_PAGES: Kind<readonly ErrorPage[]> = {
  words: 'a table: statuses = path',
  schema: { type: 'object', additionalProperties: { type: 'string' } },
  read: (value, path, reading) => {
    if (!isTable(value)) {
      reading.report(path, `${describe(value)} is not a table of statuses and paths`);
      return FAULTY;
    }
    const read = Object.entries(value).map(([statuses, to]) => {
      const page = typeof to === 'string' ? parseErrorPage(statuses, to) : failure(`${describe(to)} is not a path`);
      if (!page.ok) {
        reading.report([...path, statuses], page.fault);
      }
      return page.ok ? page.value : undefined;
    });
    return read.includes(undefined) ? FAULTY : (read as ErrorPage[]);
  },
  write: writeErrorPages,
};

/** Of two pages for one status the first is meant. In a table that cannot be said, and keys that are numbers have no order: each status stands once. */
function writeErrorPages(pages: readonly ErrorPage[]): TomlTable {
  const seen = new Set<number>();
  const written = pages.flatMap((page) => {
    const statuses = page.statuses.filter((status) => !seen.has(status));
    for (const status of statuses) seen.add(status);
    return statuses.length === 0 ? [] : [renderErrorPage({ ...page, statuses })];
  });
  return Object.fromEntries(written);
}

const REFUSALS: Fields<Refusals> = {
  pages: field<readonly ErrorPage[]>(
    'pages',
    ERROR_PAGES,
    [],
    'What is answered in place of a status: a path, `@location`, a URL; with `=` or `=200` in front, another status.',
  ),
  isRecursive: field<boolean>('recursive', FLAG, false, 'A page that fails may have a page.'),
  style: field<Refusals['style']>('style', choice('portico', 'nginx'), 'portico', 'How pages look that have no file.'),
  pads: field<boolean>(
    'msie-padding',
    FLAG,
    false,
    'Make short pages longer, for browsers that put their own in place.',
  ),
};

const REDIRECTS: Fields<Redirects> = {
  isAbsolute: field<boolean>('absolute', FLAG, true, '`Location` names scheme and host.'),
  usesServerName: field<boolean>('server-name', FLAG, false, 'The host is the first name of the site.'),
  hasPort: field<boolean>('port', FLAG, true, 'The port is part of it.'),
};

const USER_ID: Fields<UserId> = {
  mode: field<UserId['mode']>('mode', choice('on', 'v1', 'log'), 'on', '`log` only reads the cookie.'),
  name: field<string>('name', TEXT, 'uid', 'The name of the cookie.'),
  domain: field<string>('domain', TEXT, '', 'Its domain.'),
  path: field<string>('path', TEXT, '/', 'Its path.'),
  expires: field<UserId['expires']>(
    'expires',
    scalar<number | 'max'>({
      words: 'seconds, or `max`',
      schema: { anyOf: [{ type: 'integer' }, { const: 'max' }] },
      parse: (value) =>
        value === 'max' || (typeof value === 'number' && Number.isInteger(value))
          ? success(value)
          : failure(`${describe(value)} is neither seconds nor "max"`),
      render: (value) => value,
    }),
    undefined,
    'How long browsers keep it.',
  ),
  p3p: field<string>('p3p', TEXT, '', 'The field P3P.'),
  mark: field<string>('mark', TEXT, '', 'A letter, a digit or `=` that tells cookies made since from older ones.'),
  service: field<number>('service', integer(0), 0, 'The number of the server in new cookies; 0: its address.'),
  flags: field<readonly string[]>('flags', list(TEXT), [], '`secure`, `httponly`, `samesite=lax` and their kin.'),
};

const FIELDS: Fields<FieldRules> = {
  fields: field<readonly FieldRule[]>('set', FIELD_RULES, [], 'Fields.'),
  trailers: field<readonly FieldRule[]>('trailers', FIELD_RULES, [], 'Fields behind the body.'),
  expires: field<FieldRules['expires']>('expires', EXPIRES, undefined, '`Expires` and `Cache-Control`.'),
};

type AnswerScope = Pick<Scope, 'fields' | 'refusals' | 'redirects' | 'userId' | 'serverField'>;

export const ANSWER_FIELDS: Fields<AnswerScope> = {
  fields: field<Scope['fields']>('headers', table(FIELDS), undefined, 'Fields of responses.'),
  refusals: field<Refusals>(
    'errors',
    table(REFUSALS),
    { pages: [], isRecursive: false, style: 'portico', pads: false },
    'What is answered in place of a refusal.',
  ),
  redirects: field<Redirects>(
    'redirects',
    table(REDIRECTS),
    { isAbsolute: true, usesServerName: false, hasPort: true },
    'Redirects that the server makes itself.',
  ),
  userId: field<Scope['userId']>('user-id', table(USER_ID), undefined, 'A cookie that tells clients apart.'),
  serverField: field<string>('server-header', TEXT, '', 'The field `Server`; empty: there is none.'),
};
