/** One connection of a client of a stream, from the moment when it was accepted until its line is in the access log. */

import type { ErrorLevel } from '../../kernel/error-line.ts';
import { systemWords } from '../../kernel/system-words.ts';
import type { Client } from '../../protocol/http/exchange.ts';
import { nextConnectionNumber } from '../../protocol/http/peer.ts';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { TrackedConnection } from '../connections/connection-table.ts';
import type { CompiledStream, Session, SessionContent } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import type { SessionServices } from './session-services.ts';
import type { UpstreamState } from './upstream-state.ts';

export class StreamSession implements Session, TrackedConnection {
  /** Of the connection, among those of its thread. */
  readonly number: number = nextConnectionNumber();
  readonly socket: GuardedSocket;
  readonly services: SessionServices;
  readonly stream: CompiledStream;
  /** Who has connected. */
  readonly peer: Client;
  /** Who is believed to be the client. */
  client: Client;
  /** 0 while it goes on. */
  status = 0;
  /** What is done at this moment, for the error log: `connecting to upstream`. */
  action = 'initializing session';
  readonly startedMs: number;
  readonly upstreams: UpstreamState[] = [];
  #content: SessionContent | undefined;

  constructor(socket: GuardedSocket, client: Client, stream: CompiledStream, services: SessionServices) {
    this.socket = socket;
    this.peer = client;
    this.client = client;
    this.stream = stream;
    this.services = services;
    this.startedMs = services.clock.monotonicMs();
  }

  // Of a connection that the thread keeps count of.

  get address(): string {
    return this.peer.address;
  }

  /** By this a plan that another has followed knows that the session goes on in it. */
  get request(): { readonly pipeline: unknown; readonly status: number } {
    return { pipeline: this.stream, status: SESSION_STATUS.ok };
  }

  onTick(): void {
    // What is silent for too long is ended by its content, which may be told to the millisecond.
  }

  /** A session is not idle: who is silent may have something to say. */
  closeIfIdle(): void {
    // It goes on.
  }

  /** The time of a server that stops is over. */
  destroy(): void {
    this.log('info', 'shutdown timeout');
    this.end(SESSION_STATUS.ok);
  }

  onBug(error: unknown): void {
    this.services.bugs.note(`the connection of ${this.address || 'a Unix socket'}`, error);
    this.end(SESSION_STATUS.internal);
  }

  // Its way.

  start(): void {
    const { socket, stream, services } = this;
    this.log('info', `client ${nameOf(this.peer)} connected to ${services.server}`, true);
    socket.on('end', () => this.#onClientEnd(undefined));
    socket.on('error', (error) => this.#onClientEnd(error));
    if (!stream.sendsAtOnce) {
      socket.setNoDelay(false);
    }
    for (const step of stream.steps) {
      const status = step(this);
      if (status !== 0) {
        this.end(status);
        return;
      }
    }
    this.#content = stream.open(this);
    this.#content.start();
  }

  /** Bytes of the client; see `Receive`. */
  take(buffer: Buffer, length: number): Buffer | undefined {
    return this.#content?.take(buffer, length);
  }

  end(status: number): void {
    if (this.status !== 0) {
      return;
    }
    this.status = status;
    this.#content?.close();
    this.socket.destroy();
    this.services.table.remove(this);
  }

  /** `isBare`: nothing is told of the session behind it. What the message has of others must be escaped. */
  log(level: ErrorLevel, message: string, isBare = false): void {
    const { errorLog } = this.stream;
    if (!errorLog.hears(level)) {
      return;
    }
    const { services, client, action } = this;
    const about = `${action === '' ? '' : ` while ${action}`}, client: ${client.address || 'unix:'}, server: ${services.server}${this.#content?.about ?? ''}`;
    errorLog.sayText(level, isBare ? message : message + about, this.number);
  }

  #onClientEnd(error: Error | undefined): void {
    if (error !== undefined) {
      this.log('info', `recv() failed (${systemWords(error)})`);
    }
    if (this.#content === undefined) {
      this.end(SESSION_STATUS.ok);
    } else {
      this.#content.onClientEnd(error);
    }
  }
}

function nameOf({ address, port }: Client): string {
  return address === '' ? 'unix:' : `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
