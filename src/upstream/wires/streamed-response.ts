/** A response in the form of CGI that is all that comes on its connection, as in uwsgi and SCGI. */

import type { ResponseReader, ResponseSink, UpstreamRequest } from '../wire.ts';
import type { CgiHeads } from './cgi-heads.ts';
import { CgiResponse, CLOSED_EARLY } from './cgi-response.ts';

export class StreamedResponse implements ResponseReader {
  readonly isReusable = false;
  readonly #response: CgiResponse;

  constructor(request: UpstreamRequest, sink: ResponseSink, heads: CgiHeads) {
    this.#response = new CgiResponse(request, sink, heads);
  }

  get heldBytes(): number {
    return this.#response.heldBytes;
  }

  feed(bytes: Buffer): void {
    this.#response.feed(bytes, 0, bytes.length);
    this.#response.endIfWhole();
  }

  end(): void {
    this.#response.close(CLOSED_EARLY);
  }
}
