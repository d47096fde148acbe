/** What holds for connections of clients. */

import type { ConnectionRules, ScopedConnection } from '../../model/connection.ts';
import type { Kind } from '../kind.ts';
import { choice, DURATION, FLAG, integer, SIZE, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, table } from '../table.ts';

/** What a place may say as well as a site. */
const IN_PLACES: Fields<Omit<ScopedConnection, 'keepAliveMs'>> = {
  keepAliveFieldS: field<number | undefined>(
    'keep-alive-field',
    integer(0),
    undefined,
    'Seconds that the field `Keep-Alive` names.',
  ),
  keepAliveRequestsMax: field<number | undefined>(
    'keep-alive-requests',
    integer(1),
    undefined,
    'Requests of one connection.',
  ),
  keepAliveTimeMs: field<number | undefined>('keep-alive-time', DURATION, undefined, 'How old it may become.'),
  keepAliveDisabledFor: field<readonly string[] | undefined>(
    'keep-alive-disable',
    list(TEXT),
    undefined,
    'Browsers whose connections are not kept: `msie6`, `safari`.',
  ),
  lingering: field<ScopedConnection['lingering']>(
    'lingering',
    choice('off', 'on', 'always'),
    undefined,
    'Whether what a client still sends is read before its connection is closed.',
  ),
  lingeringTimeMs: field<number | undefined>('lingering-time', DURATION, undefined, 'For how long.'),
  lingeringTimeoutMs: field<number | undefined>(
    'lingering-timeout',
    DURATION,
    undefined,
    'How long nothing may come meanwhile.',
  ),
  resetsTimedOut: field<boolean | undefined>(
    'reset-timed-out',
    FLAG,
    undefined,
    'Reset connections that have timed out.',
  ),
  isChunkedOn: field<boolean | undefined>('chunked', FLAG, undefined, 'Use chunks for bodies without a length.'),
};

export const CONNECTION_FIELDS: Fields<ConnectionRules> = {
  headTimeoutMs: field<number | undefined>(
    'head-timeout',
    DURATION,
    undefined,
    'How long the head of a request may take.',
  ),
  lineBytesMax: field<number | undefined>('line-size', SIZE, undefined, 'The longest request line or field.'),
  headBytesMax: field<number | undefined>('head-size', SIZE, undefined, 'The longest head.'),
  fieldsMax: field<number | undefined>('fields', integer(1), undefined, 'How many fields it may have.'),
  keepAliveMs: field<number>('keep-alive', DURATION, 75_000, 'How long an idle connection is kept; 0: not at all.'),
  ...IN_PLACES,
  saysKept: field<boolean | undefined>(
    'says-kept',
    FLAG,
    undefined,
    'Tell clients of HTTP/1.1 as well that the connection stays, as nginx does.',
  ),
  sendsTrailersUnasked: field<boolean | undefined>(
    'unasked-trailers',
    FLAG,
    undefined,
    'Send fields behind bodies to clients of HTTP/1.1 that have not said that they take them, as nginx does.',
  ),
  takesLineFeeds: field<boolean | undefined>(
    'bare-line-feeds',
    FLAG,
    undefined,
    'Take LF alone for the end of a line in the head of a request, and cut a fragment off its target, as nginx does.',
  ),
  mergesSlashes: field<boolean | undefined>('merge-slashes', FLAG, undefined, 'Take several slashes for one.'),
  dropsInvalidFields: field<boolean | undefined>(
    'ignore-invalid-fields',
    FLAG,
    undefined,
    'Drop fields with characters that none should have, instead of refusing the request.',
  ),
  takesUnderscores: field<boolean | undefined>(
    'underscores',
    FLAG,
    undefined,
    'Take fields with an underscore in their names.',
  ),
};

export const SCOPED_CONNECTION: Kind<ScopedConnection> = table<ScopedConnection>({
  keepAliveMs: field<number | undefined>(
    'keep-alive',
    DURATION,
    undefined,
    'How long an idle connection is kept; 0: not at all.',
  ),
  ...IN_PLACES,
});
