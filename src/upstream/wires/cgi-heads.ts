/**
 * Heads in the form of CGI, as one content reads them. Responses of an application repeat their heads, and one that is byte for byte the last one is known without being
 * read; it is the same object, so that what was made of it for the client is found again.
 */

import type { CgiHead } from '../../protocol/http1/cgi-head.ts';
import { CgiHeadReader } from '../../protocol/http1/cgi-head.ts';
import { CONNECTION_MEMORY, HTTP1_LIMITS } from '../../protocol/http1/limits.ts';
import type { UpstreamHead } from '../wire.ts';
import { endToEndFields } from './end-to-end-fields.ts';

const EMPTY = Buffer.alloc(0);

export class CgiHeads {
  readonly #headBytesMax: number;
  /** The last head, in its first so many bytes. */
  #bytes: Buffer = EMPTY;
  #last: UpstreamHead | undefined;
  /** Of the last head. */
  length = 0;

  constructor(headBytesMax: number) {
    this.#headBytesMax = headBytesMax;
  }

  newReader(): CgiHeadReader {
    return new CgiHeadReader({ ...HTTP1_LIMITS, headBytesMax: this.#headBytesMax });
  }

  /** The last head, if these bytes begin with it. */
  recall(bytes: Buffer, start: number, end: number): UpstreamHead | undefined {
    const { length } = this;
    const isLast =
      length > 0 && end - start >= length && this.#bytes.compare(bytes, start, start + length, 0, length) === 0;
    return isLast ? this.#last : undefined;
  }

  /** What a head is for whoever asked. It was read from these bytes. */
  keep(head: CgiHead, bytes: Buffer, start: number, end: number): UpstreamHead {
    const { status, reason, fields, contentLength } = head;
    const kept = { status, reason, fields: endToEndFields(fields), bodyLength: contentLength };
    this.length = end - start > CONNECTION_MEMORY.headBytesMax ? 0 : end - start;
    if (this.#bytes.length < this.length) {
      this.#bytes = Buffer.allocUnsafeSlow(this.length + CONNECTION_MEMORY.spareBytes);
    }
    bytes.copy(this.#bytes, 0, start, start + this.length);
    this.#last = kept;
    return kept;
  }
}
