/** What is answered: known while a head is edited, whole when the request is logged. */

import { forbidsBody } from '../../../protocol/http/bodiless-status.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import type { FrameCount } from '../../../protocol/http/finished-exchange.ts';
import { HTTP_VERSION } from '../../../protocol/http/version.ts';
import { gzipRatio } from '../../filters/compression/gzip-ratio.ts';
import type { Route } from '../route.ts';
import type { Variable, VariableFamily, VariableTable } from './variable.ts';

export const RESPONSE_VARIABLES: VariableTable = {
  // Of a subrequest its own, for those that are told of it: `auth_request_set`.
  status: (route) => String(statusOf(route)).padStart(3, '0'),
  body_bytes_sent: ({ main }) => String(bodyBytes(main)),
  bytes_sent: ({ main }) => String(bodyBytes(main) + headBytes(main)),
  request_completion: ({ main }) => (main.sent.isComplete ? 'OK' : ''),
  gzip_ratio: gzipRatio,
};

function statusOf({ sent, errorStatus }: Route): number {
  return sent.status || errorStatus;
}

/** What the exchange of a transport knows of its response. */
interface SentByTransport {
  readonly sentHead?: ResponseHead | undefined;
  readonly bodyBytes?: number;
  readonly connection?: { readonly isKept: boolean; readonly writer: FrameCount };
}

/** The transport knows what has left, which is nothing of the body that a HEAD is answered with. Chunks count with what delimits them, as with nginx. */
function bodyBytes({ exchange, sent }: Route): number {
  const { bodyBytes = sent.bodyBytes, connection, sentHead } = exchange as SentByTransport;
  return sentHead === undefined ? bodyBytes : bodyBytes + (connection?.writer.chunkFrameBytes ?? 0);
}

function headBytes({ exchange }: Route): number {
  const { connection, sentHead } = exchange as SentByTransport;
  return sentHead === undefined ? 0 : (connection?.writer.headBytes ?? 0);
}

/** The fields of the transport: how the body is delimited, and what becomes of the connection. */
const OF_TRANSPORT: Readonly<Record<string, Variable>> = {
  connection: ({ sent, main }) => {
    if (sent.head === undefined) {
      return undefined;
    }
    const { connection } = main.exchange as SentByTransport;
    return sent.status === 101 ? 'upgrade' : connection?.isKept === true ? 'keep-alive' : 'close';
  },
  'content-length': ({ sent }) =>
    sent.length === undefined || sent.head === undefined || forbidsBody(sent.status) ? undefined : String(sent.length),
  'transfer-encoding': ({ sent, main, location }) =>
    sent.head !== undefined &&
    sent.length === undefined &&
    !forbidsBody(sent.status) &&
    main.method !== 'HEAD' &&
    main.exchange.version !== HTTP_VERSION.http10 &&
    location.connection.isChunkedOn
      ? 'chunked'
      : undefined,
};

export const sentFieldVariable: VariableFamily = (name) => {
  const lower = name.replaceAll('_', '-');
  const own = OF_TRANSPORT[lower];
  if (own !== undefined) {
    return own;
  }
  return ({ sent }) => joined(sent.head?.fields.getAll(lower));
};

function joined(values: readonly string[] = []): string | undefined {
  return values.length === 0 ? undefined : values.join(', ');
}

export const sentTrailerVariable: VariableFamily = (name) => {
  const lower = name.replaceAll('_', '-');
  return ({ sent }) => joined(sent.trailers?.getAll(lower));
};
