/** What of a server's redirects and cookies is replaced by what. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { ProxyResponse, Replaced, Replacement } from '../../model/proxying.ts';
import type { Template } from '../../model/template.ts';
import type { Kind, TomlValue } from '../kind.ts';
import { describe } from '../kind.ts';
import { notePattern, noteTemplate } from '../note-names.ts';
import { scalar, TEMPLATE } from '../scalars.ts';
import { field, list, required, table } from '../table.ts';
import { parseTemplateText, renderTemplateText } from '../template-text.ts';

const REPLACED: Kind<Replaced> = scalar<Replaced>({
  words: 'a text with variables, `~ regex` or `~* regex`',
  schema: { type: 'string' },
  parse: (value) => {
    if (typeof value !== 'string') {
      return failure(`${describe(value)} is not a text`);
    }
    const [, star, regex] = /^~(\*?)\s*(.*)$/s.exec(value) ?? [];
    if (regex !== undefined) {
      return success({ pattern: { text: regex, isCaseless: star === '*' } });
    }
    const text = parseTemplateText(value);
    return text.ok ? success({ text: text.value }) : text;
  },
  render: (replaced) =>
    'pattern' in replaced
      ? `~${replaced.pattern.isCaseless ? '*' : ''} ${replaced.pattern.text}`
      : renderTemplateText(replaced.text),
  note: (replaced, path, reading) => {
    if ('pattern' in replaced) notePattern(replaced.pattern, path, reading);
    else noteTemplate(replaced.text, path, reading);
  },
});

const REPLACEMENT: Kind<Replacement> = table<Replacement>({
  from: required<Replaced>('from', REPLACED, { text: '' }, 'What is replaced.'),
  to: field<Template>('to', TEMPLATE, '', 'By what.'),
});

export const REPLACEMENTS: Kind<readonly Replacement[]> = list(REPLACEMENT);

type Redirect = 'default' | Replacement;

const REDIRECT: Kind<Redirect> = {
  words: '`default`, or a table',
  schema: { anyOf: [{ const: 'default' }, REPLACEMENT.schema] },
  parts: REPLACEMENT.parts ?? [],
  read: (value, path, reading) => (value === 'default' ? value : REPLACEMENT.read(value, path, reading, undefined)),
  write: (rule): TomlValue | undefined => (rule === 'default' ? rule : REPLACEMENT.write(rule, undefined)),
};

export const REDIRECTS: Kind<readonly Redirect[]> = list(REDIRECT);

type CookieFlags = ProxyResponse['cookieFlags'][number];

export const COOKIE_FLAGS: Kind<readonly CookieFlags[]> = list(
  table<CookieFlags>({
    cookie: required<Replaced>('cookie', REPLACED, { text: '' }, 'Which cookie, by its name.'),
    flags: required<readonly Template[]>(
      'flags',
      list(TEMPLATE),
      [],
      '`secure`, `httponly`, `samesite=lax` and their kin; `nosecure` and so on take them away.',
    ),
  }),
);
