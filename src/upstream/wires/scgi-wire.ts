/** Asks servers that speak SCGI. A connection carries one request, whose response ends with it. */

import { renderScgiRequest } from '../../protocol/scgi/render-request.ts';
import type { ResponseReader, ResponseSink, UpstreamRequest, Wire } from '../wire.ts';
import { CgiHeads } from './cgi-heads.ts';
import { escapeOutput } from './escape-output.ts';
import { StreamedResponse } from './streamed-response.ts';

export class ScgiWire implements Wire {
  readonly bodies = 'known-length';
  readonly #heads: CgiHeads;

  constructor(headBytesMax: number) {
    this.#heads = new CgiHeads(headBytesMax);
  }

  renderHead({ fields, bodyLength }: UpstreamRequest): Buffer | string {
    if (bodyLength === undefined) {
      return 'scgi request needs the length of its body';
    }
    const head = renderScgiRequest(fields, bodyLength);
    return Buffer.isBuffer(head) ? head : `scgi request has a zero byte in "${escapeOutput(head)}"`;
  }

  framingOf(): undefined {
    return undefined;
  }

  newReader(request: UpstreamRequest, sink: ResponseSink): ResponseReader {
    return new StreamedResponse(request, sink, this.#heads);
  }
}
