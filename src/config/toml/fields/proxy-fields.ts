/** How requests are passed on to another server, as portico.toml has it: the table `proxy` of a place. */

import type { ProxyRequest, ProxyResponse, ProxyRetry, UpstreamTls } from '../../model/proxying.ts';
import type { Pattern, Template } from '../../model/template.ts';
import type { Resolver, UpstreamKeepAlive } from '../../model/upstream.ts';
import type { Kind, TomlTable } from '../kind.ts';
import { describe, FAULTY, isTable } from '../kind.ts';
import type { WrittenPolicy } from '../proxy-policy.ts';
import { basePolicy, USUAL_RETRY, USUAL_TLS } from '../proxy-policy.ts';
import {
  choice,
  DURATION,
  FLAG,
  integer,
  OWN_ADDRESS,
  PATH,
  PATH_TEMPLATE,
  PATTERN,
  SIZE,
  TEMPLATE,
  TEXT,
} from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, fieldsOf, list, required, table } from '../table.ts';
import { PARAMETERS, SET_FIELDS } from './named-values.ts';
import { COOKIE_FLAGS, REDIRECTS, REPLACEMENTS } from './replacement-fields.ts';
import { KEEP_ALIVE, RESOLVER } from './upstream-fields.ts';

const USUAL = basePolicy({ protocol: 'http', tls: false, isText: false }, undefined);

const TLS: Fields<UpstreamTls> = {
  name: field<Template>('name', TEMPLATE, '', 'The name that its certificate has to have; empty: the host of `to`.'),
  sendsName: field<boolean>('send-name', FLAG, USUAL_TLS.sendsName, 'Tell the server this name (SNI).'),
  verifies: field<boolean>('verify', FLAG, USUAL_TLS.verifies, 'Refuse a server whose certificate is not right.'),
  depth: field<number>(
    'depth',
    integer(0),
    USUAL_TLS.depth,
    'Authorities that may stand between its certificate and one that is trusted.',
  ),
  trustedFile: field<string>('ca', PATH, '', "A PEM file: the authorities that are trusted; empty: the system's."),
  crlFile: field<string>('crl', PATH, '', 'A PEM file: certificates that are revoked.'),
  certFile: field<Template>(
    'certificate',
    PATH_TEMPLATE,
    '',
    'A PEM file: the certificate that is shown to the server.',
  ),
  keyFile: field<Template>('key', PATH_TEMPLATE, '', 'Its key.'),
  passwordFile: field<string>('passwords', PATH, '', 'A file with passwords of keys, a line each.'),
  ciphers: field<string>('ciphers', TEXT, '', 'As OpenSSL writes them.'),
  curves: field<string>('curves', TEXT, '', "Groups of the key exchange as OpenSSL names them; empty: OpenSSL's."),
  signatures: field<string>(
    'signatures',
    TEXT,
    '',
    "Algorithms of signatures as OpenSSL names them; empty: OpenSSL's.",
  ),
  protocols: field<readonly string[]>(
    'protocols',
    list(TEXT),
    [],
    'Versions that are spoken: `TLSv1.2`, `TLSv1.3`; empty: both.',
  ),
  reusesSessions: field<boolean>('reuse-sessions', FLAG, true, 'Take sessions up again.'),
};

export const UPSTREAM_TLS: Kind<UpstreamTls> = table(TLS);

const RETRY: Fields<ProxyRetry> = {
  causes: field<readonly string[]>(
    'on',
    list(
      choice(
        ...['error', 'timeout', 'invalid_header', 'http_500', 'http_502', 'http_503', 'http_504'],
        ...['http_403', 'http_404', 'http_429', 'non_idempotent', 'updating'],
      ),
    ),
    USUAL_RETRY.causes,
    'When another server is asked. What is not idempotent (POST) is not sent twice without `non_idempotent`. Empty: never.',
  ),
  triesMax: field<number>('tries', integer(0), 0, 'How many servers are asked; 0: all.'),
  timeoutMs: field<number>('timeout', DURATION, 0, 'After which time no other is asked; 0: any.'),
};

type Uwsgi = NonNullable<ProxyRequest['uwsgi']>;
type FastCgi = NonNullable<ProxyRequest['fastcgi']>;

const UWSGI: Fields<Uwsgi> = {
  modifier1: field<number>('modifier1', integer(0, 255), 0, "What the packet is, for uWSGI's plugins."),
  modifier2: field<number>('modifier2', integer(0, 255), 0, 'What it is in detail.'),
  packet: field<string | undefined>('packet', TEXT, undefined, 'What it holds behind its parameters.'),
};

const FASTCGI: Fields<FastCgi> = {
  index: field<string>('index', TEXT, '', 'What is put behind a path that ends with a slash.'),
  splitsPath: field<Pattern | undefined>(
    'split-path',
    PATTERN,
    undefined,
    'A regex of two groups: the script, and PATH_INFO.',
  ),
  keepsConnection: field<boolean>('keep-connection', FLAG, false, 'Ask the server to keep connections.'),
  faults: field<readonly string[]>(
    'faults',
    list(TEXT),
    [],
    'Texts on the error output that make a response an error.',
  ),
};

const REQUEST: Fields<Omit<ProxyRequest, 'isBuffered'>> = {
  httpVersion: field<ProxyRequest['httpVersion']>(
    'http-version',
    choice('1.0', '1.1'),
    '1.1',
    'The version of HTTP that is spoken.',
  ),
  method: field<Template | undefined>('method', TEMPLATE, undefined, "In place of the request's."),
  body: field<Template | undefined>('body', TEMPLATE, undefined, "In place of the request's."),
  passesBody: field<boolean>('pass-body', FLAG, true, 'Pass the body on.'),
  passesFields: field<boolean>('pass-headers', FLAG, true, 'Pass the fields on.'),
  fields: field<ProxyRequest['fields']>(
    'headers',
    SET_FIELDS,
    USUAL.fields,
    'Fields that the server gets. A table adds to those that it gets without a word: `Host` and `X-Forwarded-Host` as the client said, `X-Forwarded-For` and `X-Real-IP` with the address of the client, `X-Forwarded-Proto`, no `Forwarded`, and `Connection` and `Upgrade` for WebSockets. An empty text takes a field away. A list of tables stands in their place.',
  ),
  parameters: field<ProxyRequest['parameters']>(
    'parameters',
    PARAMETERS,
    [],
    'Parameters of uwsgi, FastCGI and SCGI. A table adds to those of CGI (RFC 3875), a list of tables stands in their place.',
  ),
  uwsgi: field<ProxyRequest['uwsgi']>('uwsgi', table(UWSGI), undefined, 'Of `uwsgi://`.'),
  fastcgi: field<ProxyRequest['fastcgi']>('fastcgi', table(FASTCGI), undefined, 'Of `fastcgi://`.'),
  memcachedGzipFlag: field<number | undefined>(
    'memcached-gzip-flag',
    integer(1),
    undefined,
    'The flag of values that are compressed.',
  ),
};

type Connection = Pick<WrittenPolicy, 'connectMs' | 'sendMs' | 'readMs' | 'bind' | 'probes' | 'ignoresClientAbort'>;

const CONNECTION: Fields<Connection> = {
  connectMs: field<number>('connect-timeout', DURATION, USUAL.connectMs, 'How long connecting may take.'),
  sendMs: field<number>(
    'send-timeout',
    DURATION,
    USUAL.sendMs,
    'How long the server may pause while it takes a request.',
  ),
  readMs: field<number>('read-timeout', DURATION, USUAL.readMs, 'How long it may pause while it answers.'),
  bind: field<Template>('bind', OWN_ADDRESS, '', 'The own address of connections; empty: any.'),
  probes: field<boolean>('tcp-keepalive', FLAG, false, 'The system probes connections.'),
  ignoresClientAbort: field<boolean>('ignore-client-abort', FLAG, false, 'The server goes on when the client is gone.'),
};

type Response = Omit<ProxyResponse, 'isBuffered' | 'hides'> & Pick<WrittenPolicy, 'hides' | 'passes'>;

const RESPONSE: Fields<Response> = {
  headBytesMax: field<number>('head-size', SIZE, USUAL.headBytesMax, 'The longest head of a response.'),
  bufferBytesMax: field<number>('buffer-size', SIZE, USUAL.bufferBytesMax, 'How much of a response is kept in memory.'),
  fileBytesMax: field<number>(
    'file-size',
    SIZE,
    USUAL.fileBytesMax,
    'How much of it may be in a temporary file; 0: nothing.',
  ),
  rate: field<Template | undefined>('rate', TEMPLATE, undefined, 'How fast the server is read, in bytes a second.'),
  hides: field<readonly string[]>(
    'hide',
    list(TEXT),
    [],
    'Fields of responses that are not passed on, beside `Date`, `Server` and `X-Accel-…`.',
  ),
  passes: field<readonly string[]>('pass', list(TEXT), [], 'Of these three, those that are.'),
  ignores: field<readonly string[]>(
    'ignore',
    list(TEXT),
    [],
    'Fields of responses that are not obeyed: `x-accel-redirect`, `expires` and their kin.',
  ),
  passesTrailers: field<boolean>('trailers', FLAG, false, 'Pass fields behind the body on.'),
  interceptsErrors: field<boolean>(
    'intercept-errors',
    FLAG,
    false,
    'Error pages (`errors`) take the place of what the server answers.',
  ),
  forcesRanges: field<boolean>('force-ranges', FLAG, false, 'Cut ranges out of responses, whatever the server says.'),
  redirects: field<ProxyResponse['redirects']>(
    'redirects',
    REDIRECTS,
    USUAL.redirects,
    'How redirects of the server are changed; the first that fits. `default`: from the address of `to` to the path of the location.',
  ),
  cookieDomains: field<ProxyResponse['cookieDomains']>(
    'cookie-domains',
    REPLACEMENTS,
    [],
    'How domains of cookies are changed.',
  ),
  cookiePaths: field<ProxyResponse['cookiePaths']>(
    'cookie-paths',
    REPLACEMENTS,
    [],
    'How paths of cookies are changed.',
  ),
  cookieFlags: field<ProxyResponse['cookieFlags']>(
    'cookie-flags',
    COOKIE_FLAGS,
    [],
    'How flags of cookies are changed.',
  ),
};

export const POLICY_FIELDS: Fields<WrittenPolicy> = {
  ...REQUEST,
  ...CONNECTION,
  tls: field<UpstreamTls | undefined>(
    'tls',
    UPSTREAM_TLS,
    undefined,
    'TLS with the server, where `to` says `https://` or `suwsgi://`.',
  ),
  retry: field<ProxyRetry>('retry', table(RETRY), USUAL_RETRY, 'When another server is asked.'),
  buffersRequest: field<boolean>('buffer-request', FLAG, true, 'Read the body whole before a server is asked.'),
  buffersResponse: field<boolean>('buffer-response', FLAG, true, 'Free the server before the client has everything.'),
  ...RESPONSE,
  keepAlive: {
    ...field<UpstreamKeepAlive | undefined>(
      'keep-alive',
      KEEP_ALIVE,
      USUAL.keepAlive,
      'Connections that are used again, of a server that no `[[upstream]]` names; `false`: none is.',
    ),
    canBeOff: true,
  },
  resolver: field<Resolver | undefined>(
    'resolver',
    RESOLVER,
    undefined,
    'Who is asked for a name that a variable in `to` comes to.',
  ),
};

export const POLICY: Kind<WrittenPolicy> = table<WrittenPolicy>(POLICY_FIELDS);

/** Where requests are passed on to. What it means depends on the upstreams, and on the place around. */
export const TO: Kind<string> = TEXT;

interface ToField {
  readonly to: string;
}

const TO_FIELDS: Fields<ToField> = {
  to: required<string>(
    'to',
    TO,
    '',
    "The name of an `[[upstream]]`, an address as `127.0.0.1:8000` or `unix:/run/app.sock`, or a URL with one of both: `https://app/path/`, `uwsgi://unix:/run/app.sock`, `fastcgi://`, `scgi://`, `memcached://`. With variables it is known when a request comes. A path stands in place of the location's.",
  ),
};

const SHAPE = table<ToField & WrittenPolicy>({ ...TO_FIELDS, ...POLICY_FIELDS });

/** As it stands in the file, a text alone as a table: it is read when it is known what holds around the place. */
export const PROXY: Kind<TomlTable> = {
  words: 'a text, or a table',
  schema: { anyOf: [{ ...SHAPE.schema, required: [] }, { type: 'string' }] },
  parts: fieldsOf({ ...TO_FIELDS, ...POLICY_FIELDS }),
  read: (value, path, reading) => {
    if (typeof value === 'string') {
      return { to: value };
    }
    if (isTable(value)) {
      return value;
    }
    reading.report(path, `${describe(value)} is neither a text nor a table`);
    return FAULTY;
  },
  write: (value) => (Object.keys(value).length === 1 ? (value['to'] ?? value) : value),
};
