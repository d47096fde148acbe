/**
 * One connection of a client of a stream, and the shapes that it goes through: a server of `stream` as it was compiled for a plan, and what its clients are given.
 * They name each other, so they stand in one file.
 */

import type { ErrorLevel } from '../../kernel/error-line.ts';
import type { Client } from '../../protocol/http/exchange.ts';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { Receive } from '../../relay/sockets/node-internals.ts';
import type { ErrorLog } from '../error-log/error-log.ts';
import type { SessionServices } from './session-services.ts';
import type { UpstreamState } from './upstream-state.ts';

export interface Session {
  readonly socket: GuardedSocket;
  readonly services: SessionServices;
  /** Who has connected. */
  readonly peer: Client;
  /** Who is believed to be the client. */
  client: Client;
  /** What is done at this moment, for the error log: `connecting to upstream`. */
  action: string;
  readonly startedMs: number;
  /** Attempts to reach a server, in their order. */
  readonly upstreams: UpstreamState[];
  /** `isBare`: nothing is told of the session behind it. What the message has of others must be escaped. */
  log(level: ErrorLevel, message: string, isBare?: boolean): void;
  /** Closes the client's connection. The first status counts. */
  end(status: number): void;
  /** An error of ours. */
  onBug(error: unknown): void;
}

export interface CompiledStream {
  readonly errorLog: ErrorLog;
  /** Asked in their order; the first that refuses ends the session with its status. 0: go on. */
  readonly steps: readonly ((session: Session) => number)[];
  readonly sendsAtOnce: boolean;
  open(session: Session): SessionContent;
  /** A client that was let in. */
  accept(socket: GuardedSocket, client: Client, services: SessionServices): Receive;
}

/** What a client that was let in is given. It ends the session by `Session.end`. */
export interface SessionContent {
  /** `upstream: …`, and how many bytes went whither: behind what lines of the error log say. */
  readonly about: string;
  /** Begins. */
  start(): void;
  /** Bytes of the client. The buffer is borrowed. What comes back is the buffer for the next, if it is to be another. */
  take(buffer: Buffer, length: number): Buffer | undefined;
  /** The client sends nothing more: it has said so, or is gone. */
  onClientEnd(error: Error | undefined): void;
  /** The session is over: all that it holds is let go. */
  close(): void;
}

/** Statuses of a session: what a log has of its end. */
export const SESSION_STATUS = {
  ok: 200,
  badRequest: 400,
  forbidden: 403,
  internal: 500,
  badGateway: 502,
  unavailable: 503,
} as const;
