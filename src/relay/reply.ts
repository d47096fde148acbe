/** What is heard of the answer to a request by whoever passes it on: from a worker of ours, or from another server. */

import type { FilePart, ResponseHead } from '../protocol/http/exchange.ts';
import type { ResponseFields } from '../protocol/http/response-fields.ts';

export interface ReplyHead extends ResponseHead {
  /** What was declared as Content-Length, or -1. */
  readonly length: number;
}

/**
 * One answer, in the order of its coming. Bytes are borrowed until the method returns. Whatever comes after the end, or when nobody waits for it any more, is
 * passed over: the upstream may not know yet.
 */
export interface Reply {
  /** The head of a final response, and the first bytes of its body. */
  onHead(head: ReplyHead, buffer: Buffer, start: number, end: number): void;
  /** A whole response, which has come at once. */
  onWhole(head: ReplyHead, buffer: Buffer, start: number, end: number): void;
  /** `isContinued`: the bytes came in one piece with those before them. */
  onData(buffer: Buffer, start: number, end: number, isContinued: boolean): void;
  /** Bytes of a file, which the edge has open; `sent` closes it. */
  onFile(part: FilePart, sent: () => void): void;
  /** 103 (Early Hints). `bytes`: how much the upstream has sent for it. */
  onHints(fields: ResponseFields, bytes: number): void;
  onTrailers(fields: ResponseFields): void;
  onEnd(): void;
  /** The answer will not come, or not whole. `status`: of the answer that takes its place, if it has not begun. */
  onFault(status: number, detail?: string, fields?: ResponseFields): void;
}
