/** What is told of a request at one server: what comes back, how it failed, and the figures that logs and variables have of it. */

import type { ErrorLevel } from '../kernel/error-line.ts';
import type { Field } from '../protocol/http/fields.ts';
import type { UpstreamConnection } from './connections/upstream-connection.ts';
import type { LostBody } from './request-body.ts';
import type { UpstreamHead } from './wire.ts';

/** nginx's words of `proxy_next_upstream`. `local`: this machine has not the address from which its connections are to come, whatever server is asked. */
export type FailureCause = 'error' | 'timeout' | 'invalid_header' | 'local';

export interface AttemptFailure {
  readonly cause: FailureCause;
  /** As it stands in the error log, with what was going on. */
  readonly text: string;
  readonly level: ErrorLevel;
  /** The connection had been kept since an earlier request, and its end is no fault of the server. */
  readonly isStale: boolean;
}

export interface AttemptEvents {
  onInterim(head: UpstreamHead): void;
  onHead(head: UpstreamHead): void;
  /** The bytes are borrowed until it returns. */
  onData(buffer: Buffer, start: number, end: number): void;
  onTrailers(fields: readonly Field[]): void;
  onNote(level: ErrorLevel, text: string): void;
  /** All that has come at once was told, and it is not the end. */
  onPause(): void;
  /** The response is whole. */
  onEnd(): void;
  /** The connection is the receiver's. */
  onTunnel(head: UpstreamHead, connection: UpstreamConnection, rest: Buffer): void;
  /** Once, and nothing after it. */
  onFailure(failure: AttemptFailure): void;
  /** An error of ours, in one of these functions or on the way to it. Nothing comes after it. Absent: it is told as one of the connection. */
  onBug?(error: unknown): void;
  /** The body of the request will not be whole. Nothing comes after it. */
  onBodyLost(why: LostBody, doing: string): void;
}

/** What logs and variables say of it. */
export interface AttemptFigures {
  readonly peer: string;
  /** 0: none came. */
  status: number;
  connectMs: number | undefined;
  headMs: number | undefined;
  wholeMs: number | undefined;
  /** On the monotonic clock. */
  endedMs: number | undefined;
  bodyBytes: number;
  receivedBytes: number;
  sentBytes: number;
}
