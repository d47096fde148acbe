/** A request to a WSGI application on greenlets: its body is whole before it is sent, so that no client holds a greenlet while it sends. */

import { REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import { renderWsgiHead } from '../wsgi-head.ts';
import type { Carrier } from './concurrent-call.ts';
import { ConcurrentCall } from './concurrent-call.ts';

export class BufferedCall extends ConcurrentCall {
  protected sendRequest(lane: Carrier): void {
    const { body, exchange } = this;
    const bodyFlags = body?.file === undefined ? REQUEST_FLAG.body : REQUEST_FLAG.body | REQUEST_FLAG.bodyInFile;
    renderWsgiHead(exchange, body && { length: body.length, file: body.file?.path }, this);
    lane.output.request(this.stream, this, body === undefined ? 0 : bodyFlags, body?.bytes);
  }
}
