/** A responder in front of another one, which it passes everything on to; what it hears from below goes to whoever watches it. Filters extend it and override what they change. */

import type {
  Body,
  BorrowedBody,
  FilePart,
  Responder,
  ResponseHead,
  ResponseTimes,
  ResponseWatcher,
  Tunnel,
  TunnelSink,
  WebSocketAccept,
  WebSocketSession,
  WebSocketSink,
} from './exchange.ts';
import type { ResponseFields } from './response-fields.ts';

export class PassingResponder implements Responder, ResponseWatcher {
  protected readonly below: Responder;
  /** The handler's. */
  protected watcher: ResponseWatcher | undefined;

  constructor(below: Responder) {
    this.below = below;
    below.watch(this);
  }

  // From the handler.

  watch(watcher: ResponseWatcher | undefined): void {
    this.watcher = watcher;
  }

  respond(head: ResponseHead, body: Body): void {
    this.below.respond(head, body);
  }

  begin(head: ResponseHead, length: number | undefined): void {
    this.below.begin(head, length);
  }

  write(bytes: Buffer | BorrowedBody): boolean {
    return this.below.write(bytes);
  }

  get hasCaughtUp(): boolean {
    return this.below.hasCaughtUp;
  }

  writeFile(part: FilePart, sent: () => void): void {
    this.below.writeFile(part, sent);
  }

  hint(fields: ResponseFields): boolean {
    return this.below.hint(fields);
  }

  trail(fields: ResponseFields): void {
    this.below.trail(fields);
  }

  end(): void {
    this.below.end();
  }

  cut(): void {
    this.below.cut();
  }

  acceptWebSocket(accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession {
    return this.below.acceptWebSocket(accept, sink);
  }

  switchProtocols(head: ResponseHead, sink: TunnelSink): Tunnel | undefined {
    return this.below.switchProtocols(head, sink);
  }

  takeOver(status: number, sink: TunnelSink): Tunnel | undefined {
    return this.below.takeOver(status, sink);
  }

  refuse(status: number, detail?: string, fields?: ResponseFields): void {
    this.below.refuse(status, detail, fields);
  }

  // From below.

  get times(): ResponseTimes | undefined {
    return this.watcher?.times;
  }

  onDrain(): void {
    this.watcher?.onDrain();
  }

  onGone(): void {
    this.watcher?.onGone();
  }

  onClientEnd(): boolean {
    return this.watcher?.onClientEnd() === true;
  }
}
