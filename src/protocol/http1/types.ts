/** What the HTTP/1.1 parsers and their users say to each other. Names are those of RFC 9110 and RFC 9112. */

import type { Field, FieldBlock } from '../http/fields.ts';
import type { Fault } from './faults.ts';

export type { Field } from '../http/fields.ts';
export type { Fault, FaultCode } from './faults.ts';

/** The field section of a head, and what it says about the message and its connection, decided once. */
export interface Http1Block extends FieldBlock {
  /** Valid and at most 2^53 - 1, or absent. */
  readonly contentLength: number | undefined;
  /** The codings of Transfer-Encoding, in lower case; empty when the field is absent. */
  readonly transferCodings: readonly string[];
  /** The options of Connection, in lower case. */
  readonly connection: readonly string[];
  /** The value of Host, whose syntax was checked. */
  readonly host: string | undefined;
  readonly expect: string | undefined;
  /** The value of Upgrade, whether or not Connection names it. */
  readonly upgrade: string | undefined;
}

export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Responses only. */
  | { readonly kind: 'until-close' };

/** RFC 9112 3.2: the four forms of a request target. */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk';

/**
 * Immutable; a connection that repeats a head byte for byte gets the same object again. When `framing` is `none` no
 * `end` event follows.
 */
export interface RequestHead {
  readonly kind: 'head';
  readonly method: string;
  /** Raw, as sent. */
  readonly target: string;
  readonly form: TargetForm;
  /** Raw path without query: starts with `/`, or is `*`, or is '' in authority form. */
  readonly path: string;
  /** Raw, without the `?`. */
  readonly query: string;
  /** The authority that rules (RFC 9112 3.2.2): the target's if it names one, else Host; '' if there is none. */
  readonly host: string;
  /** Named by the target in absolute form only. */
  readonly scheme: 'http' | 'https' | undefined;
  readonly minor: 0 | 1;
  readonly block: Http1Block;
  readonly framing: BodyFraming;
  /** What the client wants and its version permits (RFC 9112 9.3). */
  readonly keepAlive: boolean;
  /** The client waits for 100 (Continue) before it sends the body. */
  readonly expectContinue: boolean;
  /** The protocols the client offers, if Connection names Upgrade and the version permits it (RFC 9110 7.8). */
  readonly upgrade: string | undefined;
}

export interface ResponseHead {
  readonly kind: 'head';
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  readonly block: Http1Block;
  readonly framing: BodyFraming;
  /** The connection can carry another request once the body is read. */
  readonly keepAlive: boolean;
  /** 100 to 199 except 101: the final response is still to come. */
  readonly isInterim: boolean;
  /** 101, or 2xx to CONNECT: what follows is not HTTP/1.1 any more. */
  readonly isTunnel: boolean;
}

export type BodyEvent =
  /** A view of the bytes fed, valid until the next `feed`. */
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly trailers: readonly Field[] }
  | { readonly kind: 'fault'; readonly fault: Fault };

export type RequestEvent = RequestHead | BodyEvent;
export type ResponseEvent = ResponseHead | BodyEvent;
