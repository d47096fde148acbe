/** All that may hold in a place of portico.toml: every property of the model's Scope has its key here. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { ScopedConnection } from '../../model/connection.ts';
import type { TypeMap } from '../../model/files.ts';
import type { Scope } from '../../model/scope.ts';
import type { Template } from '../../model/template.ts';
import type { Kind } from '../kind.ts';
import { describe, isTable } from '../kind.ts';
import { FLAG, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { fallbacks, field, table } from '../table.ts';
import { ACCESS_FIELDS } from './access-fields.ts';
import { ANSWER_FIELDS } from './answer-fields.ts';
import { BODY_FIELDS } from './body-fields.ts';
import { SCOPED_CONNECTION } from './connection-fields.ts';
import { FILE_FIELDS } from './file-fields.ts';
import type { AccessLogEntry } from './log-fields.ts';
import { LOG_FIELDS } from './log-fields.ts';

/** A scope as it is written: what the model has once for many scopes, and names by a number, stands in it. */
export interface WrittenScope extends Omit<Scope, 'types' | 'accessLogs'> {
  readonly types: TypeMap;
  readonly accessLogs: readonly AccessLogEntry[];
}

const ENDINGS: Kind<TypeMap['types']> = scalar<TypeMap['types']>({
  words: 'a table: ending = media type',
  schema: { type: 'object', additionalProperties: { type: 'string' } },
  parse: (value) => {
    if (!isTable(value)) {
      return failure(`${describe(value)} is not a table`);
    }
    const entries = Object.entries(value).map(([ending, type]) => [ending.toLowerCase(), type] as const);
    const faulty = entries.find(([, type]) => typeof type !== 'string');
    return faulty === undefined
      ? success(Object.fromEntries(entries) as TypeMap['types'])
      : failure(`the type of "${faulty[0]}" is not a text`);
  },
  render: (types) => types,
});

const TYPES: Fields<TypeMap> = {
  knowsRegistry: field(
    'registry',
    FLAG,
    true,
    'Whether endings that are not listed have the type that is registered for them.',
  ),
  charset: field('charset', TEXT, 'utf-8', 'What text types of the registry name as their charset; empty: nothing.'),
  types: field<TypeMap['types']>(
    'endings',
    ENDINGS,
    {},
    'Media types by the ending of a name: they go before the registry.',
  ),
  fallback: field<Template>(
    'default',
    TEMPLATE,
    'application/octet-stream',
    'The type of every other file; empty: none is said.',
  ),
};

export const SCOPE_FIELDS: Fields<WrittenScope> = {
  ...FILE_FIELDS,
  types: field<TypeMap>('types', table(TYPES), fallbacks(TYPES), 'Media types of files.'),
  ...ACCESS_FIELDS,
  ...ANSWER_FIELDS,
  connection: field<ScopedConnection | undefined>(
    'connection',
    SCOPED_CONNECTION,
    undefined,
    'What holds for the connection of a request that is answered here, in place of what the site says.',
  ),
  ...BODY_FIELDS,
  ...LOG_FIELDS,
};

/** What holds where a file says nothing. */
export const DEFAULT_SCOPE: WrittenScope = fallbacks(SCOPE_FIELDS);
