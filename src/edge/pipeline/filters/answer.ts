/** The head of a response on its way through the filters, which change it until all of them have been asked. It is sent when the last has returned. */

import type { Body } from '../../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';

export interface Answer {
  status: number;
  /** Undefined: the RFC's. */
  reason: string | undefined;
  fields: ResponseFields;
  /** Bytes of the body; undefined if it is not known. A filter that changes the body says what it will be, or undefined. */
  length: number | undefined;
  /** The request is HEAD, or the status has no body (204, 304): a filter edits the head as it would for a body, but the transform that it returns is not used. */
  readonly hasBody: boolean;
  /**
   * Ranges of the body may be sent in its place if no transform changes its bytes: one that does sets it to false, and takes `Accept-Ranges` away. Of a body that comes
   * bit by bit (`whole` is undefined) it is one range at most.
   */
  takesRanges: boolean;
  /** See `ResponseHead`. */
  readonly isProxied: boolean;
  /** The whole body, if whoever answers has it at once; undefined if it comes bit by bit. It may be replaced; it is written through the transforms as any other. */
  whole: Body;
  /** A filter before this one changes the body on its way, so `whole` is not what it comes to. */
  isTransformed: boolean;
  /** Set by a filter that refuses the request, because a condition of the client fails: the error pages of the scope answer then. */
  refusal: { readonly status: number; readonly fields: ResponseFields } | undefined;
}
