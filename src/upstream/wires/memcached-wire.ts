/** Asks memcached for a value. A connection carries one request after the other. */

import { escapeMemcachedKey } from '../../protocol/memcached/escape-key.ts';
import type { ResponseReader, ResponseSink, UpstreamRequest, Wire } from '../wire.ts';
import { MemcachedResponse } from './memcached-response.ts';

export class MemcachedWire implements Wire {
  /** memcached would take a body for commands. */
  readonly bodies = 'none';
  readonly #gzipFlag: number;

  /** `gzipFlag`: a value with one of these bits among its flags is compressed. 0: none is. */
  constructor(gzipFlag: number) {
    this.#gzipFlag = gzipFlag;
  }

  renderHead({ target }: UpstreamRequest): Buffer | string {
    return target === ''
      ? 'the "$memcached_key" variable is not set'
      : Buffer.from(`get ${escapeMemcachedKey(target)}\r\n`, 'latin1');
  }

  framingOf(): undefined {
    return undefined;
  }

  newReader(request: UpstreamRequest, sink: ResponseSink): ResponseReader {
    return new MemcachedResponse(request, sink, this.#gzipFlag);
  }
}
