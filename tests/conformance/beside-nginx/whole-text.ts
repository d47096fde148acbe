/** A case's configuration as a whole file for one of the programs. */

import { existsSync } from 'node:fs';
import { PORTS_MAX } from './case.ts';
import type { ProgramKind } from './program.ts';

export interface Run {
  readonly kind: ProgramKind;
  readonly firstPort: number;
  /** `127.0.0.1:PORT` of the server behind both. */
  readonly backend: string;
  /** Number of the case among those of this run: its logs are named by it. */
  readonly number: number;
}

/** What is compared of each request by what the program says of it, beside what the client sees. */
export const LOGGED: readonly string[] = [
  ...['status', 'body_bytes_sent', 'bytes_sent', 'request_length', 'request', 'request_method', 'request_uri'],
  ...['uri', 'document_uri', 'args', 'query_string', 'is_args', 'host', 'http_host', 'server_name', 'server_port'],
  ...['server_protocol', 'scheme', 'https', 'request_filename', 'document_root', 'realpath_root', 'remote_user'],
  ...['remote_addr', 'content_length', 'content_type', 'http_referer', 'http_user_agent', 'http_x_a', 'http_cookie'],
  ...[
    'cookie_a',
    'arg_a',
    'sent_http_content_type',
    'sent_http_content_length',
    'sent_http_location',
    'sent_http_etag',
  ],
  ...['sent_http_last_modified', 'sent_http_transfer_encoding', 'sent_http_x_a', 'sent_http_cache_control'],
  ...['connection_requests', 'request_completion', 'pipe', 'limit_rate', 'invalid_referer', 'request_body'],
  ...['proxy_add_x_forwarded_for', 'nginx_version', 'hostname', 'realip_remote_addr'],
];

/** Whose request it is: several connections may be logged in another order than they were made. */
export const REQUEST_KEY = 'realip_remote_port';

/** Between the values of the log without JSON, which tells what has no value (`-`) from what is empty. Inside of a value it would be escaped. */
export const PLAIN_SEPARATOR = '\t';

const MIME_TYPES = ['/etc/nginx/mime.types', '/usr/local/etc/nginx/mime.types'];

export function logNames({ kind, number }: Run): { readonly rich: string; readonly plain: string } {
  return { rich: `logs/${number}.${kind.name}.rich`, plain: `logs/${number}.${kind.name}.plain` };
}

export function wholeText(configuration: string, run: Run): string {
  const isWhole = /^\s*server\s*\{/m.test(configuration);
  const body = isWhole ? configuration : `server { listen %A%:%P%; root html;\n${configuration}\n}`;
  const { rich, plain } = logNames(run);
  const format = [...LOGGED, REQUEST_KEY].map((name) => `"${name}":"$${name}"`).join(',');
  const plainFormat = [REQUEST_KEY, ...LOGGED].map((name) => `$${name}`).join(PLAIN_SEPARATOR);
  const types = MIME_TYPES.find((path) => existsSync(path));
  const text = `daemon off; worker_processes 1; pid ${run.kind.name}.pid; error_log ${run.kind.name}.err info;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 512; }
http {
${types === undefined || /^\s*(types\s*\{|include .*mime.types)/m.test(configuration.split('server')[0] ?? '') ? '' : `include ${types};`}
log_format rich_ escape=json '{${format}}';
log_format plain_ '${plainFormat}';
access_log ${rich} rich_; access_log ${plain} plain_;
${body}
}
`;
  return substitute(text, run);
}

export function substitute(text: string, { kind, firstPort, backend }: Run): string {
  let result = text.replaceAll('%A%', kind.address).replaceAll('%P%', String(firstPort)).replaceAll('%E%', backend);
  for (let index = 1; index < PORTS_MAX; index++) {
    result = result.replaceAll(`%P${index + 1}%`, String(firstPort + index));
  }
  return result;
}
