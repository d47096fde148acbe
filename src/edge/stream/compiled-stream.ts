/**
 * One connection of a client of a stream, and the shapes that it goes through: a server of `stream` as it was compiled for a plan, and what its clients are given.
 * They name each other, so they stand in one file.
 */

import type { Socket } from 'node:net';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import type { Client, TlsFacts } from '../../protocol/http/exchange.ts';
import type { PeerTls } from '../../protocol/http/peer-tls.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import type { SeenHello } from '../../protocol/tls/preread-hello.ts';
import type { BareConnection } from '../../relay/sockets/bare-connection.ts';
import type { Receive } from '../../relay/sockets/direct-reading.ts';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { ErrorLog } from '../error-log/error-log.ts';
import type { Subject, TemplateFor, VariableFor } from '../pipeline/subject.ts';
import type { HandshakeTexts } from '../tls/handshake-texts.ts';
import type { SessionServices } from './session-services.ts';
import type { UpstreamState } from './upstream-state.ts';

/** What was agreed on with a client that speaks TLS, and what it has shown. */
export interface SessionTls {
  readonly facts: TlsFacts;
  readonly tls: PeerTls;
}

/** A client that sends datagrams: what a session has in place of a connection. */
export interface DatagramClient {
  /** The address of this machine that it sends to. */
  readonly localAddress: string;
  /** `done` is called later and at most once: not at all when the socket is closed. */
  send(datagram: Buffer, done: (error: NodeJS.ErrnoException | null) => void): void;
  /** What it sends from now on belongs to another session. */
  leave(): void;
  /** The session is over. */
  destroy(): void;
}

/** What whoever reads datagrams asks of the session that they belong to. */
export interface DatagramSession {
  /** The first one is there. */
  startDatagrams(first: Buffer): void;
  take(datagram: Buffer, length: number): void;
  /** The socket by which the client is answered is closed. */
  disconnect(): void;
  /** Its place is given to another one. */
  giveWay(): void;
  onBug(error: unknown): void;
}

/** What a client has connected by: before the handshake of TLS it need not be a socket of Node's. */
export type ClientConnection = Socket | BareConnection | DatagramClient;

/** A session that waits for its handshake of TLS: one of the two is called. */
export interface ShakingSession {
  onSecured(socket: Socket, tls: SessionTls): void;
  /** There is no TLS with the client, whose connection is closed. */
  onLost(): void;
}

export interface Session extends Subject {
  /** Over which the content speaks with a client that has connected. */
  readonly socket: Socket;
  /** The client, if it sends datagrams. */
  readonly datagrams: DatagramClient | undefined;
  /** The address of this machine that the client has connected to; '' for a Unix socket. */
  readonly localAddress: string;
  readonly services: SessionServices;
  /** Of the connection, among those of its thread. */
  readonly number: number;
  /** Who has connected. */
  readonly peer: Client;
  /** Who is believed to be the client. */
  client: Client;
  /** The header of the PROXY protocol with which the connection has begun; undefined: none was wanted. */
  readonly proxyHeader: ProxyHeader | undefined;
  /** The beginning of the client's TLS handshake, where that is looked at. */
  readonly hello: SeenHello | undefined;
  /** Undefined: the client speaks no TLS with us. */
  readonly secured: SessionTls | undefined;
  /** Its bytes come in the buffer of `services`; otherwise in whatever the socket reads them into. */
  readonly readsIntoBuffer: boolean;
  /** What is done at this moment, for the error log: `connecting to upstream`. */
  action: string;
  readonly startedMs: number;
  /** 0 while it goes on. */
  readonly status: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Attempts to reach a server, in their order. */
  readonly upstreams: UpstreamState[];
  /** `isBare`: nothing is told of the session behind it. What the message has of others must be escaped. */
  log(level: ErrorLevel, message: string, isBare?: boolean): void;
  /** Called once, when it is over. */
  whenOver(callback: () => void): void;
  /** Closes the client's connection. The first status counts. */
  end(status: number, how?: SessionEnd): void;
  /** An error of ours. */
  onBug(error: unknown): void;
}

/** `whole`: each side has got all that there was for it, which those that speak TLS are told. `cut`: not so, or nobody knows; a side that speaks TLS sees that something is missing. */
export type SessionEnd = 'whole' | 'cut';

export type SessionTemplate = TemplateFor<Session>;
export type SessionVariable = VariableFor<Session>;
/** 0: go on. Otherwise the session ends with this status. */
export type SessionStep = (session: Session) => number;

export interface CompiledStream {
  readonly errorLog: ErrorLog;
  /** Asked in their order before anything is read, a handshake of TLS included. */
  readonly steps: readonly SessionStep[];
  /** Asked when the handshake is over. */
  readonly securedSteps: readonly SessionStep[];
  /** How long the header of the PROXY protocol may take. */
  readonly proxyProtocolMs: number;
  /** Undefined: nothing is looked at before the connection is passed on. */
  readonly preread: { readonly bytesMax: number; readonly timeoutMs: number } | undefined;
  readonly sendsAtOnce: boolean;
  /** For names of certificates. */
  readonly handshakeTexts: HandshakeTexts;
  readonly accessLog: ((session: Session) => void) | undefined;
  /** What the client gets; a number: nothing, for the session ends with this status. */
  open(session: Session): SessionContent | number;
  /** A client that was let in. */
  accept(socket: GuardedSocket, client: Client, services: SessionServices): Receive;
  /** The same of a client that sends datagrams, and has to be given the first. */
  newDatagramSession(datagrams: DatagramClient, client: Client, services: SessionServices): DatagramSession;
  /** The same of a client that speaks TLS: `shakeHands` is called if the client may come in, as far as that is known without a handshake. */
  acceptBeforeTls(
    connection: ClientConnection,
    client: Client,
    services: SessionServices,
    shakeHands: (session: ShakingSession) => void,
  ): void;
}

/** What a client that was let in is given. It ends the session by `Session.end`. */
export interface SessionContent {
  /** `upstream: …`, and how many bytes went whither: behind what lines of the error log say. */
  readonly about: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Begins. */
  start(): void;
  /** Bytes of the client, or a datagram. The buffer is borrowed; that of a datagram is not. */
  take(buffer: Buffer, length: number): void;
  /** The client sends nothing more: it has said so, or is gone (`isCut`). */
  onClientEnd(isCut: boolean): void;
  /** The session is over: all that it holds is let go. */
  close(how: SessionEnd): void;
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
