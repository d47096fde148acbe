/** What a request asks, and how: the same for every server that it is asked of. */

import type { ConnectionWay } from './connections/dial.ts';
import type { RequestBody } from './request-body.ts';
import type { UpstreamRequest, Wire } from './wire.ts';

export interface Asking {
  readonly wire: Wire;
  readonly request: UpstreamRequest;
  /** As the wire has rendered it. */
  readonly head: Buffer;
  readonly body: RequestBody;
  readonly way: ConnectionWay;
  readonly connectMs: number;
  readonly sendMs: number;
  readonly readMs: number;
}
