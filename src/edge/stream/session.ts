/** One connection of a client of a stream, or its datagrams, from the moment when it was accepted until its line is in the access log. */

import { Socket } from 'node:net';
import { assert } from '../../kernel/assert.ts';
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
import { awaitHeader } from './await-header.ts';
import type {
  ClientConnection,
  CompiledStream,
  DatagramClient,
  DatagramSession,
  Session,
  SessionContent,
  SessionEnd,
  SessionStep,
  SessionTls,
} from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { endName } from './end-name.ts';
import { endTls } from './end-tls.ts';
import { Preread } from './preread.ts';
import { SessionHeader } from './session-header.ts';
import type { SessionServices } from './session-services.ts';
import type { UpstreamState } from './upstream-state.ts';

/** So much of what is no header of the PROXY protocol is told. */
const QUOTED_BYTES = 107;
const NOTHING: readonly (() => void)[] = [];

/** A client that was let in. */
export interface Accepted {
  readonly client: Client;
  readonly stream: CompiledStream;
  readonly services: SessionServices;
}

export class StreamSession implements Session, DatagramSession, TrackedConnection {
  readonly number: number = nextConnectionNumber();
  readonly localAddress: string;
  readonly services: SessionServices;
  readonly stream: CompiledStream;
  readonly peer: Client;
  readonly datagrams: DatagramClient | undefined;
  client: Client;
  proxyHeader: ProxyHeader | undefined = undefined;
  hello: SeenHello | undefined = undefined;
  secured: SessionTls | undefined = undefined;
  readsIntoBuffer = true;
  status = 0;
  action = 'initializing session';
  readonly startedMs: number;
  readonly upstreams: UpstreamState[] = [];
  captures: Captures | undefined = undefined;
  readonly slots: (string | undefined)[] = [];
  readonly isQuoted = false;
  readonly #connection: ClientConnection;
  /** Undefined until the handshake is over, of a client that speaks TLS. */
  #socket: Socket | undefined;
  #matches: MatchBudget | undefined;
  #header: SessionHeader | undefined;
  #preread: Preread | undefined;
  #content: SessionContent | undefined;
  /** Of the first datagram. */
  #firstBytes = 0;
  #whenOver = NOTHING;

  constructor(connection: ClientConnection, { client, stream, services }: Accepted) {
    this.#connection = connection;
    this.datagrams = 'leave' in connection ? connection : undefined;
    // The system is asked now: a connection that its client has reset knows its addresses no more.
    this.localAddress = services.address || plainAddress(connection.localAddress);
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
    if (this.status !== 0) {
      this.#socket?.destroy();
      return;
    }
    this.log('info', 'shutdown timeout');
    this.end(SESSION_STATUS.ok);
  }

  onBug(error: unknown): void {
    this.services.bugs.note(`the connection of ${this.address || 'a Unix socket'}`, error);
    this.end(SESSION_STATUS.internal);
  }

  // Its facts.

  get socket(): Socket {
    assert(this.#socket !== undefined, 'a session has content when the handshake of its client is over');
    return this.#socket;
  }

  get receivedBytes(): number {
    return this.#content?.receivedBytes ?? this.#preread?.bytes ?? this.#firstBytes;
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

  /** Of a client that speaks no TLS. */
  start(socket: Socket): void {
    this.#tellBegin();
    this.#takeSocket(socket);
    const goOn = (): void => this.#run(this.stream.steps, () => this.#read());
    if (this.services.hasProxyHeader) {
      this.#awaitHeader(goOn);
    } else {
      goOn();
    }
  }

  /** Of one that does. `shakeHands` is called if it is let in. */
  startBeforeTls(shakeHands: () => void): void {
    this.#tellBegin();
    const goOn = (): void =>
      this.#run(this.stream.steps, () => {
        this.action = 'SSL handshaking';
        shakeHands();
      });
    const carrier = this.#connection;
    if (carrier instanceof Socket && this.services.hasProxyHeader) {
      this.action = 'reading PROXY protocol';
      awaitHeader(carrier, this, (header) => {
        this.#onHeader(header);
        goOn();
      });
    } else {
      goOn();
    }
  }

  /** The handshake is over. */
  startSecured(socket: Socket, secured: SessionTls): void {
    this.secured = secured;
    this.#takeSocket(socket);
    this.#run(this.stream.securedSteps, () => this.#read());
  }

  startDatagrams(first: Buffer): void {
    this.#firstBytes = first.length;
    this.#tellBegin();
    this.#run(this.stream.steps, () => this.#open(first));
  }

  disconnect(): void {
    this.log('info', 'disconnected on shutdown', true);
    this.end(SESSION_STATUS.ok);
  }

  giveWay(): void {
    this.end(SESSION_STATUS.unavailable);
  }

  get #kind(): string {
    return this.datagrams === undefined ? 'client' : 'udp client';
  }

  #tellBegin(): void {
    const { peer, services } = this;
    this.log('info', `${this.#kind} ${endName(peer.address, peer.port)} connected to ${services.server}`, true);
  }

  #takeSocket(socket: Socket): void {
    this.#socket = socket;
    socket.on('end', () => this.#onClientEnd(undefined));
    socket.on('error', (error) => this.#onClientEnd(error));
    if (!this.stream.sendsAtOnce) {
      socket.setNoDelay(false);
    }
  }

  #onHeader(header: ProxyHeader): void {
    this.proxyHeader = header;
    this.action = 'initializing session';
  }

  /** Whoever has made the connection says first for whom. */
  #awaitHeader(goOn: () => void): void {
    this.action = 'reading PROXY protocol';
    this.#header = new SessionHeader(
      this.stream.proxyProtocolMs,
      {
        onHeader: (header, rest) => {
          this.#header = undefined;
          this.#onHeader(header);
          goOn();
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

  #run(steps: readonly SessionStep[], goOn: () => void): void {
    this.#decide(() => {
      for (const step of steps) {
        const status = step(this);
        if (status !== 0) {
          this.end(status);
          return;
        }
      }
      goOn();
    });
  }

  /** Bytes of the client. The buffer is borrowed. */
  take(buffer: Buffer, length: number): void {
    if (this.status !== 0) {
      return;
    }
    const taker = this.#content ?? this.#header ?? this.#preread;
    taker?.take(buffer, length);
  }

  end(status: number, how: SessionEnd = 'cut'): void {
    if (this.status !== 0) {
      return;
    }
    this.status = status;
    this.#header?.close();
    this.#preread?.close();
    this.#content?.close(how);
    // Before the connection is closed, which has its addresses no more then.
    this.#finish();
    this.#close(how);
  }

  /** An edge that stops waits for what is in the table. */
  #close(how: SessionEnd): void {
    const { table } = this.services;
    const socket = this.#socket;
    if (how === 'whole' && this.secured !== undefined && socket?.destroyed === false) {
      socket.once('close', () => table.remove(this));
      endTls(socket);
    } else {
      (socket ?? this.#connection).destroy();
      table.remove(this);
    }
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
    const about = `${doing}, ${this.#kind}: ${client.address || 'unix:'}, server: ${services.server}${this.#content?.about ?? ''}`;
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
      this.#content.onClientEnd(error !== undefined);
    }
  }
}

/** Of a socket that takes both families. */
function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
