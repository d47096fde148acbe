/** One connection of a client of a stream, from the moment when it was accepted until its line is in the access log. */

import type { Socket } from 'node:net';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import { systemWords } from '../../kernel/system-words.ts';
import type { Client } from '../../protocol/http/exchange.ts';
import { nextConnectionNumber } from '../../protocol/http/peer.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import type { SeenHello } from '../../protocol/tls/preread-hello.ts';
import { escapeLog } from '../access-log/line.ts';
import type { TrackedConnection } from '../connections/connection-table.ts';
import { CostlyMatch } from '../pipeline/costly-match.ts';
import { MatchBudget } from '../pipeline/match-budget.ts';
import type { Captures } from '../pipeline/subject.ts';
import type { CompiledStream, Session, SessionContent, SessionTls } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { endName } from './end-name.ts';
import { Preread } from './preread.ts';
import { SessionHeader } from './session-header.ts';
import type { SessionServices } from './session-services.ts';
import type { UpstreamState } from './upstream-state.ts';

/** So much of what is no header of the PROXY protocol is told. */
const QUOTED_BYTES = 107;
const NOTHING: readonly (() => void)[] = [];

/** A client that was let in. */
export interface Accepted {
  readonly socket: Socket;
  readonly client: Client;
  readonly stream: CompiledStream;
  readonly services: SessionServices;
  readonly secured: SessionTls | undefined;
}

export class StreamSession implements Session, TrackedConnection {
  readonly number: number = nextConnectionNumber();
  readonly socket: Socket;
  readonly services: SessionServices;
  readonly stream: CompiledStream;
  readonly peer: Client;
  client: Client;
  proxyHeader: ProxyHeader | undefined = undefined;
  hello: SeenHello | undefined = undefined;
  readonly secured: SessionTls | undefined;
  readsIntoBuffer = true;
  status = 0;
  action = 'initializing session';
  readonly startedMs: number;
  readonly upstreams: UpstreamState[] = [];
  captures: Captures | undefined = undefined;
  readonly slots: (string | undefined)[] = [];
  readonly isQuoted = false;
  #matches: MatchBudget | undefined;
  #header: SessionHeader | undefined;
  #preread: Preread | undefined;
  #content: SessionContent | undefined;
  #whenOver = NOTHING;

  constructor({ socket, client, stream, services, secured }: Accepted) {
    this.socket = socket;
    this.secured = secured;
    this.proxyHeader = secured?.header;
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

  // Its facts.

  get receivedBytes(): number {
    return this.#content?.receivedBytes ?? this.#preread?.bytes ?? 0;
  }

  get sentBytes(): number {
    return this.#content?.sentBytes ?? 0;
  }

  countMatch(length: number): void {
    this.#matches ??= new MatchBudget();
    this.#matches.count(length);
  }

  whenOver(callback: () => void): void {
    this.#whenOver = [...this.#whenOver, callback];
  }

  // Its way.

  start(): void {
    const { socket, stream, services } = this;
    this.log('info', `client ${endName(this.peer.address, this.peer.port)} connected to ${services.server}`, true);
    socket.on('end', () => this.#onClientEnd(undefined));
    socket.on('error', (error) => this.#onClientEnd(error));
    if (!stream.sendsAtOnce) {
      socket.setNoDelay(false);
    }
    if (services.hasProxyHeader && this.secured === undefined) {
      this.#awaitHeader();
    } else {
      this.#run();
    }
  }

  /** Whoever has made the connection says first for whom. */
  #awaitHeader(): void {
    this.action = 'reading PROXY protocol';
    this.#header = new SessionHeader(
      this.stream.proxyProtocolMs,
      {
        onHeader: (header, rest) => {
          this.proxyHeader = header;
          this.#header = undefined;
          this.action = 'initializing session';
          this.#run();
          if (rest.length > 0 && this.status === 0) {
            this.take(rest, rest.length);
          }
        },
        onInvalid: (reason, bytes) => {
          const quoted = escapeLog(bytes.subarray(0, QUOTED_BYTES).latin1Slice());
          this.log('error', reason === 'broken header' ? `${reason}: "${quoted}"` : reason);
          this.end(SESSION_STATUS.badRequest);
        },
        onLate: () => {
          this.log('info', 'client timed out (110: Connection timed out)');
          this.end(SESSION_STATUS.ok);
        },
      },
      this.services.clock,
    );
  }

  #run(): void {
    this.#decide(() => {
      for (const step of this.stream.steps) {
        const status = step(this);
        if (status !== 0) {
          this.end(status);
          return;
        }
      }
      this.#read();
    });
  }

  /** Bytes of the client. The buffer is borrowed. */
  take(buffer: Buffer, length: number): void {
    const taker = this.#content ?? this.#header ?? this.#preread;
    taker?.take(buffer, length);
  }

  end(status: number): void {
    if (this.status !== 0) {
      return;
    }
    this.status = status;
    this.#header?.close();
    this.#preread?.close();
    this.#content?.close();
    this.socket.destroy();
    this.#finish();
    this.services.table.remove(this);
  }

  /** An error in the log, or in what holds a place for the session, must not keep the connection from being counted as gone. */
  #finish(): void {
    try {
      this.stream.accessLog?.(this);
      for (const callback of this.#whenOver) {
        callback();
      }
    } catch (error) {
      this.services.bugs.note("a connection's end", error);
    }
  }

  /** Expressions that take too long for what a client has sent end the session. */
  #decide(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof CostlyMatch)) {
        throw error;
      }
      this.log('error', error.message);
      this.end(SESSION_STATUS.internal);
    }
  }

  /** What is looked at before the connection is passed on, and stays what the server gets. */
  #read(): void {
    if (this.stream.preread === undefined) {
      this.#open(undefined);
      return;
    }
    this.action = 'prereading client data';
    this.#preread = new Preread(
      this.stream.preread,
      {
        onHello: (hello, bytes) => {
          this.hello = hello;
          this.#decide(() => this.#open(bytes));
        },
        onFull: () => {
          this.log('error', 'preread buffer full');
          this.end(SESSION_STATUS.badRequest);
        },
        onLate: () => this.end(SESSION_STATUS.ok),
      },
      this.services.clock,
    );
  }

  #open(read: Buffer | undefined): void {
    this.action = '';
    const content = this.stream.open(this);
    if (typeof content === 'number') {
      this.end(content);
      return;
    }
    this.#content = content;
    content.start();
    if (read !== undefined && this.status === 0) {
      content.take(read, read.length);
    }
  }

  log(level: ErrorLevel, message: string, isBare = false): void {
    const { errorLog } = this.stream;
    if (!errorLog.hears(level)) {
      return;
    }
    const { services, client, action } = this;
    const doing = action === '' ? '' : ` while ${action}`;
    const about = `${doing}, client: ${client.address || 'unix:'}, server: ${services.server}${this.#content?.about ?? ''}`;
    errorLog.sayText(level, isBare ? message : message + about, this.number);
  }

  #onClientEnd(error: Error | undefined): void {
    if (this.status !== 0) {
      return;
    }
    if (error !== undefined) {
      if (this.#content !== undefined) {
        this.action = 'proxying and reading from client';
      }
      this.log('info', `recv() failed (${systemWords(error)})`);
    }
    if (this.#content === undefined) {
      this.end(this.#header === undefined ? SESSION_STATUS.ok : SESSION_STATUS.badRequest);
    } else {
      this.#content.onClientEnd();
    }
  }
}
