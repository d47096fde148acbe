/** Asks servers that speak uwsgi: uWSGI and those that took its protocol over. A connection carries one request, whose response ends with it. */

import type { UwsgiOverflow } from '../../protocol/uwsgi/render-packet.ts';
import { renderUwsgiPacket } from '../../protocol/uwsgi/render-packet.ts';
import type { ResponseReader, ResponseSink, UpstreamRequest, Wire } from '../wire.ts';
import { CgiHeads } from './cgi-heads.ts';
import { escapeOutput } from './escape-output.ts';
import { StreamedResponse } from './streamed-response.ts';

export interface UwsgiWireOptions {
  readonly modifier1: number;
  readonly modifier2: number;
  /** `uwsgi_string`: bytes behind the variables, in latin-1. */
  readonly tail: string;
  readonly headBytesMax: number;
}

export class UwsgiWire implements Wire {
  readonly bodies = 'known-length';
  readonly #options: UwsgiWireOptions;
  readonly #heads: CgiHeads;

  constructor(options: UwsgiWireOptions) {
    this.#options = options;
    this.#heads = new CgiHeads(options.headBytesMax);
  }

  renderHead({ fields }: UpstreamRequest): Buffer | string {
    const packet = renderUwsgiPacket(fields, this.#options);
    return Buffer.isBuffer(packet) ? packet : tellOverflow(packet);
  }

  framingOf(): undefined {
    return undefined;
  }

  newReader(request: UpstreamRequest, sink: ResponseSink): ResponseReader {
    return new StreamedResponse(request, sink, this.#heads);
  }
}

function tellOverflow({ bytes, largest, largestBytes }: UwsgiOverflow): string {
  return `uwsgi request is too big: ${bytes}, of which "${escapeOutput(largest)}" has ${largestBytes}`;
}
