/** All directives of nginx 1.22 to 1.31, of its optional modules, and of well-known others. */

import { DirectiveTable } from '../directive-table.ts';
import { ACCESS } from './access.ts';
import { ADDED_FIELD_ROWS } from './added-fields.ts';
import { CONTENT } from './content.ts';
import { CORE } from './core.ts';
import { TABLES } from './defined-variables.ts';
import { ERROR_LOG } from './error-log.ts';
import { ERROR_PAGE_ROWS } from './error-pages.ts';
import { FIELDS } from './fields.ts';
import { FILES } from './files.ts';
import { FILTERS } from './filters.ts';
import { HTTP_CONNECTION } from './http-connection.ts';
import { HTTP_CORE } from './http-core.ts';
import { LIMITS } from './limits.ts';
import { LISTENING } from './listening.ts';
import { LOCATIONS } from './locations.ts';
import { MAIL } from './mail.ts';
import { PROCESS } from './process.ts';
import { PROXYING } from './proxying.ts';
import { REWRITE } from './rewrite.ts';
import { STREAM } from './stream.ts';
import { THIRD_PARTY } from './third-party.ts';
import { TLS_ROWS } from './tls.ts';
import { VARIABLES } from './variables.ts';

export const NGINX_TABLE: DirectiveTable = new DirectiveTable([
  ...CORE,
  ...PROCESS,
  ...ERROR_LOG,
  ...HTTP_CORE,
  ...ADDED_FIELD_ROWS,
  ...ERROR_PAGE_ROWS,
  ...LISTENING,
  ...LOCATIONS,
  ...HTTP_CONNECTION,
  ...CONTENT,
  ...REWRITE,
  ...ACCESS,
  ...LIMITS,
  ...FIELDS,
  ...FILES,
  ...FILTERS,
  ...VARIABLES,
  ...TABLES,
  ...TLS_ROWS,
  ...PROXYING,
  ...STREAM,
  ...MAIL,
  ...THIRD_PARTY,
]);
