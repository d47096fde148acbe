/** What answers in a place, as portico.toml has it. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { StaticFolder } from '../../model/folders.ts';
import type { Template } from '../../model/template.ts';
import type { Kind, TomlTable } from '../kind.ts';
import { describe } from '../kind.ts';
import { choice, FLAG, integer, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import { parseStaticFolder, renderStaticFolder } from '../static-folder-text.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';
import { PROXY } from './proxy-fields.ts';
import type { Rule } from './rule-fields.ts';
import { RULES } from './rule-fields.ts';

export const STATIC_FOLDER: Kind<StaticFolder> = scalar<StaticFolder>({
  words: '`/url/=/folder`',
  schema: { type: 'string', pattern: '^/.*=' },
  parse: (value, folder) =>
    typeof value === 'string' ? parseStaticFolder(value, folder) : failure(`${describe(value)} is not a folder`),
  render: renderStaticFolder,
});

export interface Redirect {
  readonly to: Template;
  readonly status: number;
}

export interface Reply {
  readonly text: Template;
  readonly status: number;
}

const isText = (value: unknown): boolean => typeof value === 'string';

export const REDIRECT: Kind<Redirect> = table<Redirect>(
  {
    to: required<Template>('to', TEMPLATE, '', 'The URL.'),
    status: field<number>('status', integer(301, 308), 301, '301 or 308 for good, 302, 303 or 307 for now.'),
  },
  { short: { name: 'to', isShort: isText } },
);

export const REPLY: Kind<Reply> = table<Reply>(
  {
    text: field<Template>('text', TEMPLATE, '', 'The body.'),
    status: field<number>('status', integer(200, 599), 200, 'The status.'),
  },
  { short: { name: 'text', isShort: isText } },
);

export const ANSWERS = ['files', 'status', 'upstreams', 'empty-gif'] as const;

/** The keys of a place that say what answers there. */
export interface WrittenContent {
  readonly app: string | undefined;
  readonly scriptName: string | undefined;
  readonly folders: readonly StaticFolder[] | undefined;
  readonly servesDeclared: boolean | undefined;
  readonly proxy: TomlTable | undefined;
  readonly answer: (typeof ANSWERS)[number] | undefined;
  readonly redirect: Redirect | undefined;
  readonly reply: Reply | undefined;
  readonly rules: readonly Rule[];
}

const SCRIPT_NAME: Kind<string> = scalar<string>({
  words: 'a path',
  schema: { type: 'string' },
  parse: (value) =>
    value === '' || (typeof value === 'string' && /^\/.*[^/]$/.test(value))
      ? success(value)
      : failure(`${describe(value)} is not a path that begins with a slash and ends without one`),
  render: (path) => path,
});

export const CONTENT_FIELDS: Fields<WrittenContent> = {
  app: field<string | undefined>('app', TEXT, undefined, 'An application: its name in `[apps]`, or its module.'),
  scriptName: field<string | undefined>(
    'script-name',
    SCRIPT_NAME,
    undefined,
    'The path at which the application is mounted (`SCRIPT_NAME`, `root_path`); without it the prefix of the location that names the application.',
  ),
  folders: field<readonly StaticFolder[] | undefined>(
    'static',
    list(STATIC_FOLDER),
    undefined,
    'Folders that are looked into before the application is asked.',
  ),
  servesDeclared: field<boolean | undefined>(
    'app-static',
    FLAG,
    undefined,
    'Serve the static folders too that the application names when it is loaded.',
  ),
  proxy: field<TomlTable | undefined>('proxy', PROXY, undefined, 'Another server: where it is, or a table.'),
  answer: field<WrittenContent['answer']>(
    'answer',
    choice(...ANSWERS),
    undefined,
    '`files`, the `status` of the server, its `upstreams` in JSON, or an `empty-gif`.',
  ),
  redirect: field<Redirect | undefined>(
    'redirect',
    REDIRECT,
    undefined,
    'Requests are redirected, after all that decides who may ask.',
  ),
  reply: field<Reply | undefined>(
    'reply',
    REPLY,
    undefined,
    'Requests get this answer, after all that decides who may ask.',
  ),
  rules: field<readonly Rule[]>('rules', RULES, [], 'What is done to the path before anything answers, in this order.'),
};
