/** Who sends the files that applications name in their answers (X-Accel-Redirect, X-Sendfile). */

import type { Exchange, ResponseTimes } from '../protocol/http/exchange.ts';
import type { NamedFile, WorkerHead } from './lanes/response-head.ts';

export interface NamedFileSender {
  /** False: the field is meant for a proxy in front of us, and is passed on. */
  takes(exchange: Exchange, file: NamedFile): boolean;
  /** Answers the exchange, with the file or without. `times`: those of the application, which are still to be told. */
  send(exchange: Exchange, head: WorkerHead, times: ResponseTimes | undefined): void;
}
