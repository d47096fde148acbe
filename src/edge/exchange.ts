/**
 * One request and its response, as handlers see them. A handler answers through the exchange's responder exactly once:
 * `respond` for what is whole, or `begin`, `write`, `end` for what is not. The transport (HTTP/1.1 now) implements it and
 * owns framing, `Date`, `Connection`, HEAD, backpressure and deadlines; no handler writes those.
 */

import type { FieldBlock } from '../protocol/http1/types.ts';

/** Where a request came from, after forwarded headers of trusted peers were believed. */
export interface Client {
  /** IP address without brackets, or '' on a Unix socket. */
  readonly address: string;
  /** TCP port, or '' when unknown. */
  readonly port: string;
  readonly scheme: 'http' | 'https';
}

/** The listener's own side, for SERVER_NAME and SERVER_PORT. */
export interface LocalAddress {
  readonly name: string;
  readonly port: string;
}

export interface ResponseHead {
  readonly status: number;
  /** Reason phrase; undefined takes the RFC's. */
  readonly reason: string | undefined;
  /** Rendered field lines, each ended by CRLF: everything but framing, `Connection` and `Date`. */
  readonly fields: string;
  /** `fields` holds a Date of the application's own. */
  readonly hasDate: boolean;
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

/** latin-1 text, bytes, parts, or nothing. For HEAD the transport sends none of it but states its length. */
export type Body = string | Buffer | PartsBody | undefined;

export interface Responder {
  /** The whole response. Content-Length is the body's unless the status forbids one. */
  respond(head: ResponseHead, body: Body): void;
  /** Starts a response whose body follows; `length` undefined when it is not known. */
  begin(head: ResponseHead, length: number | undefined): void;
  /** Adds body bytes; the buffer is the transport's from then on. False when the client reads more slowly than this. */
  write(bytes: Buffer): boolean;
  /** The response is complete. */
  end(): void;
  /** The response cannot be completed: the connection is closed so that the client cannot take it for whole. */
  cut(): void;
  /** A refusal with an error page of ours, in the form that Accept asks for. */
  refuse(status: number, detail?: string, fields?: string): void;
}

export interface Exchange {
  readonly method: string;
  /** As sent: the raw target, its raw path and its raw query. */
  readonly target: string;
  readonly rawPath: string;
  readonly query: string;
  /** Percent-decoded path; each character is one byte (latin-1), as WSGI wants it. */
  readonly path: string;
  /** The authority the client asked for. */
  readonly host: string;
  readonly minor: 0 | 1;
  readonly block: FieldBlock;
  readonly client: Client;
  readonly local: LocalAddress;
  readonly requestId: string;
  readonly responder: Responder;
}

/** Answers the exchange and returns true, or leaves it alone and returns false: the next handler is asked. */
export type Handler = (exchange: Exchange) => boolean;
