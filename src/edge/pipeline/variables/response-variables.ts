/** What is answered: known while a head is edited, whole when the request is logged. */

import { reasonPhrase } from '../../../protocol/http/reason-phrases.ts';
import { gzipRatio } from '../../filters/compression/gzip-ratio.ts';
import type { Route } from '../route.ts';
import type { VariableFamily, VariableTable } from './variable.ts';

export const RESPONSE_VARIABLES: VariableTable = {
  status: ({ main }) => String(statusOf(main)).padStart(3, '0'),
  body_bytes_sent: ({ main }) => String(main.sent.bodyBytes),
  bytes_sent: ({ main }) => String(main.sent.bodyBytes + headBytes(main)),
  request_completion: ({ main }) => (main.sent.isComplete ? 'OK' : ''),
  gzip_ratio: gzipRatio,
};

function statusOf({ sent, errorStatus }: Route): number {
  return sent.status || errorStatus;
}

const SEPARATORS_BYTES = 'HTTP/1.1 200 '.length + 4;

function headBytes({ sent }: Route): number {
  if (sent.head === undefined) {
    return 0;
  }
  const reason = sent.head.reason ?? reasonPhrase(sent.head.status);
  return SEPARATORS_BYTES + reason.length + sent.head.fields.text.length;
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
