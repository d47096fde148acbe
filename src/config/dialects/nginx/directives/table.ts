/** All directives of nginx 1.22 to 1.31, of its optional modules, and of well-known others. */

import { DirectiveTable } from '../directive-table.ts';
import type { Row } from '../row.ts';
import { ACCESS } from './access.ts';
import { ACCESS_LOG } from './access-log.ts';
import { ADDED_FIELD_ROWS } from './added-fields.ts';
import { ANSWERING } from './answering.ts';
import { CONNECTION_RULE_ROWS } from './connection-rules.ts';
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
import { PYTHON_APP } from './python-app.ts';
import { REWRITE } from './rewrite.ts';
import { STREAM } from './stream.ts';
import { THIRD_PARTY } from './third-party.ts';
import { TLS_ROWS } from './tls.ts';
import { VARIABLES } from './variables.ts';

export interface DirectiveGroup {
  /** Its heading in the reference. */
  readonly title: string;
  readonly rows: readonly Row[];
}

export const NGINX_GROUPS: readonly DirectiveGroup[] = [
  { title: 'The top level', rows: CORE },
  { title: 'The process', rows: PROCESS },
  { title: 'Logs of errors', rows: ERROR_LOG },
  { title: 'Sites and requests', rows: HTTP_CORE },
  { title: 'Added fields', rows: ADDED_FIELD_ROWS },
  { title: 'Error pages', rows: ERROR_PAGE_ROWS },
  { title: 'Addresses and names', rows: LISTENING },
  { title: 'Locations', rows: LOCATIONS },
  { title: 'Connections', rows: [...CONNECTION_RULE_ROWS, ...HTTP_CONNECTION] },
  { title: 'How the server answers', rows: ANSWERING },
  { title: 'What answers', rows: CONTENT },
  { title: 'Applications', rows: PYTHON_APP },
  { title: 'Rewriting', rows: REWRITE },
  { title: 'Access', rows: ACCESS },
  { title: 'Limits', rows: LIMITS },
  { title: 'Fields and charsets', rows: FIELDS },
  { title: 'Files', rows: FILES },
  { title: 'What changes responses', rows: FILTERS },
  { title: 'Access logs', rows: ACCESS_LOG },
  { title: 'Variables', rows: VARIABLES },
  { title: 'Tables', rows: TABLES },
  { title: 'TLS and newer HTTP', rows: TLS_ROWS },
  { title: 'Upstreams', rows: PROXYING },
  { title: 'Streams', rows: STREAM },
  { title: 'Mail', rows: MAIL },
  { title: 'Other modules', rows: THIRD_PARTY },
];

export const NGINX_TABLE: DirectiveTable = new DirectiveTable(NGINX_GROUPS.flatMap(({ rows }) => rows));
