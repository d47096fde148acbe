/** Who sends the files that applications name in their answers (X-Accel-Redirect, X-Sendfile). */

import type { Exchange } from '../protocol/http/exchange.ts';
import type { NamedFile, WorkerHead } from './response-head.ts';

export interface NamedFileSender {
  /** False: the field is meant for a proxy in front of us, and is passed on. */
  takes(exchange: Exchange, file: NamedFile): boolean;
  /** Answers the exchange, with the file or without. */
  send(exchange: Exchange, head: WorkerHead): void;
}
