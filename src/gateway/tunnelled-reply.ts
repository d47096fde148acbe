/**
 * What a worker says on its lane of a request for which it has dialled a tunnel. A frame there may be read before what the application has written into the tunnel
 * earlier, so each time the tunnel is looked at first: a request that was answered by it is answered, whatever the lane says.
 */

import type { ResponseFields } from '../protocol/http/response-fields.ts';
import { PassingReply } from '../relay/passing-reply.ts';
import type { ReplyHead } from '../relay/reply.ts';
import type { ResponseRelay } from '../relay/response-relay.ts';
import type { CallTunnel } from './call-tunnel.ts';

export class TunnelledReply extends PassingReply<ResponseRelay> {
  readonly #tunnel: CallTunnel;
  readonly #onUnused: () => void;

  /** `onUnused`: the application has ended without an answer here or there. */
  constructor(next: ResponseRelay, tunnel: CallTunnel, onUnused: () => void) {
    super(next);
    this.#tunnel = tunnel;
    this.#onUnused = onUnused;
  }

  override onHead(head: ReplyHead, buffer: Buffer, start: number, end: number): void {
    if (!this.#tunnel.hasAnswered()) {
      super.onHead(head, buffer, start, end);
    }
  }

  override onWhole(head: ReplyHead, buffer: Buffer, start: number, end: number): void {
    if (!this.#tunnel.hasAnswered()) {
      super.onWhole(head, buffer, start, end);
    }
  }

  override onEnd(): void {
    if (!this.#tunnel.hasAnswered()) {
      super.onEnd();
    }
  }

  override onFault(status: number, detail?: string, fields?: ResponseFields): void {
    if (this.#tunnel.hasAnswered()) {
      return;
    }
    if (detail === '' && !this.next.isOver && !this.next.isWhole) {
      this.#onUnused();
    }
    super.onFault(status, detail, fields);
  }
}
