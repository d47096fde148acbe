/** A request to a WSGI application on greenlets: its body is whole before it is sent, so that no client holds a greenlet while it sends. */

import { REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import { renderCallHead } from '../wsgi-head.ts';
import type { Carrier } from './concurrent-call.ts';
import { ConcurrentCall } from './concurrent-call.ts';

export class BufferedCall extends ConcurrentCall {
  protected sendRequest(lane: Carrier): void {
    const { body } = this;
    const bodyFlags = body?.file === undefined ? REQUEST_FLAG.body : REQUEST_FLAG.body | REQUEST_FLAG.bodyInFile;
    renderCallHead(this);
    lane.output.request(this.stream, this, body === undefined ? this.requestFlags : bodyFlags, body?.bytes);
  }
}
