/** A reply that passes all on to another: whoever has to say something in between overrides what it is about. */

import type { FilePart } from '../protocol/http/exchange.ts';
import type { ResponseFields } from '../protocol/http/response-fields.ts';
import type { Reply, ReplyHead } from './reply.ts';

export class PassingReply<R extends Reply = Reply> implements Reply {
  protected readonly next: R;

  constructor(next: R) {
    this.next = next;
  }

  onHead(head: ReplyHead, buffer: Buffer, start: number, end: number): void {
    this.next.onHead(head, buffer, start, end);
  }

  onWhole(head: ReplyHead, buffer: Buffer, start: number, end: number): void {
    this.next.onWhole(head, buffer, start, end);
  }

  onData(buffer: Buffer, start: number, end: number, isContinued: boolean): void {
    this.next.onData(buffer, start, end, isContinued);
  }

  onFile(part: FilePart, sent: () => void): void {
    this.next.onFile(part, sent);
  }

  onHints(fields: ResponseFields, bytes: number): void {
    this.next.onHints(fields, bytes);
  }

  onTrailers(fields: ResponseFields): void {
    this.next.onTrailers(fields);
  }

  onEnd(): void {
    this.next.onEnd();
  }

  onFault(status: number, detail?: string, fields?: ResponseFields): void {
    this.next.onFault(status, detail, fields);
  }
}
