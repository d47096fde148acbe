/**
 * One request and its response, as handlers see them. A handler answers through the responder exactly once:
 * `respond` for what is whole, or `begin`, `write`, `end` for what is not. The transport (HTTP/1.1 now) implements it and
 * owns framing, `Date`, `Connection`, HEAD, backpressure and deadlines; no handler writes those.
 */

import type { Handshake, HandshakeRefusal } from '../websocket/handshake.ts';
import type { FieldBlock } from './fields.ts';
import type { Client, Origin } from './origin.ts';
import type { Peer } from './peer.ts';
import type { ResponseFields } from './response-fields.ts';
import type { HttpVersion } from './version.ts';

export type { Client, ClientCertificate, Origin, TlsFacts } from './origin.ts';

export interface ResponseHead {
  readonly status: number;
  /** Reason phrase; undefined takes the RFC's. */
  readonly reason: string | undefined;
  /** Everything but framing and `Connection`; a `Date` only if the application has one of its own. */
  readonly fields: ResponseFields;
  /** Parts of the body may be sent in its place, if nothing has changed its bytes. */
  readonly takesRanges?: boolean;
  /** Of a server behind, which was told of the client's conditions and has judged them (RFC 9110 13.2). */
  readonly isProxied?: boolean;
  /** The connection is to be closed behind this response. */
  readonly closes?: boolean;
  /** Of a body that follows the head: how much may wait in memory for a client that is behind, if less is there for all. Absent: as the transport has it. */
  readonly heldBytesMax?: number;
}

/** Bytes of an open file, sent by the transport under backpressure. */
export interface FilePart {
  readonly kind: 'file';
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** A body of several pieces (files, multipart boundaries); `length` is their sum. `release` runs once, sent or not. */
export interface PartsBody {
  readonly kind: 'parts';
  readonly length: number;
  readonly parts: readonly (FilePart | Buffer)[];
  readonly release: () => void;
}

/**
 * `length` bytes of `buffer` from `start` on, which the transport has sent or copied when it returns. What lies before them is the transport's to use: a head
 * that is written there leaves with them in one write, and nothing is copied.
 */
export interface BorrowedBody {
  readonly kind: 'borrowed';
  readonly length: number;
  readonly buffer: Buffer;
  readonly start: number;
}

/** latin-1 text, bytes, borrowed bytes, parts, or nothing. For HEAD the transport sends none of it but states its length, which of nothing is not known. */
export type Body = string | Buffer | BorrowedBody | PartsBody | undefined;

export interface Responder {
  /**
   * A handler that answers later than it returns is told what happens meanwhile. The last one who asked is told, and nobody after `undefined`; nobody hears anything
   * of a connection that has changed its protocol.
   */
  watch(watcher: ResponseWatcher | undefined): void;
  /** The whole response. Content-Length is the body's unless the status forbids one. */
  respond(head: ResponseHead, body: Body): void;
  /** Starts a response whose body follows; `length` undefined when it is not known. */
  begin(head: ResponseHead, length: number | undefined): void;
  /** Adds body bytes; a buffer is the transport's from then on. False when the client is behind: more is better written after `onDrain`. */
  write(bytes: Buffer | BorrowedBody): boolean;
  /** The kernel has taken everything of the response that was written so far. */
  readonly hasCaughtUp: boolean;
  /** Sends part of an open file as body bytes; `sent` runs once, when the part was read to its end or given up. */
  writeFile(part: FilePart, sent: () => void): void;
  /**
   * Fields of a 103 (Early Hints), before the response has begun (RFC 8297). Dropped for a client that could not take it.
   * False when the client reads more slowly than this.
   */
  hint(fields: ResponseFields): boolean;
  /** Trailer fields, before `end` (RFC 9110 6.5). Dropped unless the client asked for them and the body has room for them. */
  trail(fields: ResponseFields): void;
  /** The response is complete. */
  end(): void;
  /** The response cannot be completed: the connection is closed so that the client cannot take it for whole. */
  cut(): void;
  /** Answers a WebSocket handshake: from now on the connection carries messages. */
  acceptWebSocket(accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession;
  /**
   * Answers with this head (101, with the Upgrade that was agreed on; 2xx for CONNECT): what follows it are bytes of another protocol, which are passed on as they are.
   * The request has been read to its end. Undefined: there is no client any more.
   */
  switchProtocols(head: ResponseHead, sink: TunnelSink): Tunnel | undefined;
  /**
   * The connection is the handler's from now on, in both directions and without any framing: the handler writes the response itself, its head among it, whose status is
   * given for the access log. Undefined: there is no client any more, or what carries the request is no connection of its own.
   */
  takeOver(status: number, sink: TunnelSink): Tunnel | undefined;
  /** Refuses the request, unless its response has begun: the pipeline decides what is answered, a page of ours as a rule. `detail` is for developers; `fields`: further ones. */
  refuse(status: number, detail?: string, fields?: ResponseFields): void;
}

/** What a WebSocket is held to. */
export interface WebSocketRules {
  /** The longest message of a client, decompressed. */
  readonly messageBytesMax: number;
  /** Messages of a client a second; 0: no limit. */
  readonly messagesPerSecondMax: number;
  /** 0: no pings. */
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** permessage-deflate is agreed to where it is offered. */
  readonly deflates: boolean;
}

export interface WebSocketAccept {
  /** One of the subprotocols that the client offered, or ''. */
  readonly subprotocol: string;
  /** Further fields of the 101. */
  readonly fields: ResponseFields;
  readonly rules: WebSocketRules;
}

/** What an application hears of a WebSocket. The transport owns framing, compression, pings, limits and the closing handshake (RFC 6455). */
export interface WebSocketSink {
  /** A whole message, of which nothing counts as held any more; text is UTF-8 that was checked. `data` is the sink's. False: the sink takes no more until it calls `resume`. */
  onMessage(isText: boolean, data: Buffer): boolean;
  /** Before a longer message is read, or decompressed, `wantsLarge` is asked. */
  readonly largeBytes: number;
  /** Whether a message of so many bytes, or fewer, may be taken in now. If not, the sink calls `resume` later, or is asked again. */
  wantsLarge(bytes: number): boolean;
  /** The memory for messages is used up. */
  readonly isMemoryFull: boolean;
  /** The rest of a large message comes slowly: the memory that is reserved for it is given back, and the sink is asked about it again. */
  releaseLarge(): void;
  /** So many bytes of a message that is not whole, or not decompressed, are held in memory for the sink. */
  onHeld(bytes: number): void;
  /** `send` returned false before; the client has caught up. */
  onDrain(): void;
  /** The connection has ended, once: with the code and reason of the client, 1005 if it gave none, 1006 without a closing handshake. */
  onClose(code: number, reason: string): void;
}

/** What an application does with a WebSocket. */
export interface WebSocketSession {
  /** `data` is borrowed until it returns. False when the client is behind. */
  send(isText: boolean, data: Buffer): boolean;
  resume(): void;
  /** Begins the closing handshake; `onClose` follows. */
  close(code: number, reason: string): void;
}

/** What a handler hears from a connection that it has taken over. */
export interface TunnelSink {
  /** Bytes of the client, borrowed until it returns. False: no more until `resume`. */
  onBytes(bytes: Buffer): boolean;
  /** `write` returned false before; the client has caught up. */
  onDrain(): void;
  /** At most once: the client sends nothing more, or the server ends. What the handler writes may still reach the client. */
  onEnd(): void;
  /** Once, unless the handler has ended it: the connection is gone. */
  onGone(): void;
}

/** What a handler does with a connection that it has taken over. */
export interface Tunnel {
  /** The bytes are borrowed until it returns. False when the client is behind. */
  write(bytes: Buffer): boolean;
  resume(): void;
  /** What was written is sent, and the connection is closed. */
  end(): void;
}

/** Where the time of a request went, for the access log. */
export interface ResponseTimes {
  /** Waiting for a worker. */
  readonly queueMs: number;
  /** The time from when the request was sent to the worker to the end of its response. */
  readonly appMs: number;
}

/**
 * Told by the responder while a response is owed. Who stands between handler and transport (a filter) watches the responder below, takes the handler's watcher by its own
 * `watch`, and passes on what it hears.
 */
export interface ResponseWatcher {
  readonly times: ResponseTimes | undefined;
  /** `write` returned false before; the client has caught up. */
  onDrain(): void;
  /** The connection is gone: an answer that is given now is not sent. */
  onGone(): void;
  /** The client has closed its sending side, as one that leaves does. True: nothing has begun, drop the request. */
  onClientEnd(): boolean;
}

/** Why the rest of a body does not come: the client is gone; it has broken the framing, or was too slow, which its transport answers; it is longer than it may be. */
export type BodyLoss = 'left' | 'malformed' | 'too-long';

/** Takes a request body as it comes. */
export interface BodySink {
  /** The bytes are borrowed until it returns. False: pause until `resumeBody` is called. */
  data(bytes: Buffer): boolean;
  end(): void;
  /** The body cannot be completed. */
  fail(why: BodyLoss): void;
}

export interface Exchange {
  readonly method: string;
  /** As sent: the raw target, its raw path and its raw query. */
  readonly target: string;
  readonly rawPath: string;
  readonly query: string;
  /** Percent-decoded path; each character is one byte (latin-1), as WSGI wants it. */
  readonly path: string;
  /**
   * The path at which the content is mounted, as `path` is written: `path` begins with it. Set by the content that gives the exchange to its application; '' for one that
   * has all paths.
   */
  scriptName: string;
  /** The authority the client asked for. */
  readonly host: string;
  /** The target named the authority itself (absolute form), so it rules over the Host field. */
  readonly hasTargetAuthority: boolean;
  readonly version: HttpVersion;
  readonly block: FieldBlock;
  readonly peer: Peer;
  /** The peer, or whom the fields of a trusted peer name. */
  readonly client: Client;
  readonly origin: Origin;
  readonly requestId: string;
  readonly responder: Responder;
  /** The pipeline's alone: what it knows of the request while that walks it, and when it is logged. */
  readonly route: object | undefined;
  readonly hasBody: boolean;
  /** Content-Length of the body, or undefined if it is chunked. */
  readonly bodyLength: number | undefined;
  /** The client waits for 100 (Continue), which `readBody` sends. */
  readonly expectsContinue: boolean;
  /** What the request asks for, if it is a WebSocket handshake; undefined for an ordinary request. */
  readonly handshake: Handshake | HandshakeRefusal | undefined;
  /** Hands the body to `sink`; a handler that does not call it leaves the body to be discarded. */
  readBody(sink: BodySink): void;
  resumeBody(): void;
}

/** Answers the exchange and returns true, or leaves it alone and returns false: the next handler is asked. */
export type Handler = (exchange: Exchange) => boolean;
