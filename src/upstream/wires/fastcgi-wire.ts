/** Asks applications that speak FastCGI. A connection carries one request at a time, and with `fastcgi_keep_conn` one after the other. */

import { FASTCGI_LIMITS } from '../../protocol/fastcgi/records.ts';
import {
  FASTCGI_END_OF_BODY,
  fastcgiPadding,
  fastcgiStdin,
  renderFastcgiRequest,
} from '../../protocol/fastcgi/render-request.ts';
import type { BodyFraming, ResponseReader, ResponseSink, UpstreamRequest, Wire } from '../wire.ts';
import { CgiHeads } from './cgi-heads.ts';
import type { FastcgiWireOptions } from './fastcgi-response.ts';
import { FastcgiResponse } from './fastcgi-response.ts';

const STDIN: BodyFraming = {
  pieceBytesMax: FASTCGI_LIMITS.stdinBytesMax,
  before: fastcgiStdin,
  behind: fastcgiPadding,
  end: FASTCGI_END_OF_BODY,
};

export class FastcgiWire implements Wire {
  readonly bodies = 'any';
  readonly #options: FastcgiWireOptions;
  readonly #heads: CgiHeads;

  constructor(options: FastcgiWireOptions) {
    this.#options = options;
    this.#heads = new CgiHeads(options.headBytesMax);
  }

  renderHead({ fields, bodyLength }: UpstreamRequest): Buffer {
    return renderFastcgiRequest(fields, {
      keepsConnection: this.#options.keepsConnection,
      hasBody: bodyLength !== 0,
    });
  }

  framingOf(): BodyFraming {
    return STDIN;
  }

  newReader(request: UpstreamRequest, sink: ResponseSink): ResponseReader {
    return new FastcgiResponse(request, sink, this.#options, this.#heads);
  }
}
