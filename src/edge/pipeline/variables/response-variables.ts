/** What is answered: known while a head is edited, whole when the request is logged. */

import { forbidsBody } from '../../../protocol/http/bodiless-status.ts';
import { reasonPhrase } from '../../../protocol/http/reason-phrases.ts';
import { HTTP_VERSION } from '../../../protocol/http/version.ts';
import { gzipRatio } from '../../filters/compression/gzip-ratio.ts';
import type { Route } from '../route.ts';
import type { VariableFamily, VariableTable } from './variable.ts';

export const RESPONSE_VARIABLES: VariableTable = {
  status: ({ main }) => String(statusOf(main)).padStart(3, '0'),
  body_bytes_sent: ({ main }) => String(bodyBytes(main)),
  bytes_sent: ({ main }) => String(bodyBytes(main) + headBytes(main)),
  request_completion: ({ main }) => (main.sent.isComplete ? 'OK' : ''),
  gzip_ratio: gzipRatio,
};

function statusOf({ sent, errorStatus }: Route): number {
  return sent.status || errorStatus;
}

/** The transport knows what has left, which is nothing of the body that a HEAD is answered with. */
function bodyBytes({ exchange, sent }: Route): number {
  return (exchange as { readonly bodyBytes?: number }).bodyBytes ?? sent.bodyBytes;
}

const SEPARATORS_BYTES = 'HTTP/1.1 200 '.length + 4;
const DATE_BYTES = 'Date: Mon, 30 Nov 2026 17:27:28 GMT\r\n'.length;

/** What the transport makes of the head: it adds a date, and says how the body ends and whether the connection stays. */
function headBytes({ exchange, sent }: Route): number {
  const { head, length } = sent;
  if (head === undefined) {
    return 0;
  }
  const { status, fields } = head;
  const reason = head.reason ?? reasonPhrase(status);
  const date = fields.hasDate ? 0 : DATE_BYTES;
  return (
    SEPARATORS_BYTES + reason.length + fields.text.length + date + framing(status, length).length + linger(exchange)
  );
}

function framing(status: number, length: number | undefined): string {
  if (forbidsBody(status)) {
    return '';
  }
  return length === undefined ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${length}\r\n`;
}

/** Bytes of the field Connection. */
function linger(exchange: Route['exchange']): number {
  const { connection } = exchange as { readonly connection?: { readonly isKept: boolean } };
  if (connection?.isKept === false) {
    return 'Connection: close\r\n'.length;
  }
  return exchange.version === HTTP_VERSION.http10 ? 'Connection: keep-alive\r\n'.length : 0;
}

export const sentFieldVariable: VariableFamily = (name) => {
  const lower = name.replaceAll('_', '-');
  if (lower === 'content-length') {
    return ({ sent }) => (sent.length === undefined || sent.head === undefined ? undefined : String(sent.length));
  }
  return ({ sent }) => {
    const values = sent.head?.fields.getAll(lower) ?? [];
    return values.length === 0 ? undefined : values.join(', ');
  };
};

export const sentTrailerVariable: VariableFamily = (name) => {
  const lower = name.replaceAll('_', '-');
  return ({ sent }) => sent.trailers?.get(lower);
};
