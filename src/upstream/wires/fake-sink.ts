/** What a reader tells, as lines, for tests. Bytes of a body that follow each other are one line. */

import type { Field } from '../../protocol/http/fields.ts';
import type { ResponseReader, ResponseSink, UpstreamHead, UpstreamRequest, Wire, WireFault } from '../wire.ts';

export class FakeSink implements ResponseSink {
  readonly lines: string[] = [];
  isOver = false;
  #data = '';

  onInterim(head: UpstreamHead): void {
    this.#say(`interim ${head.status}`);
  }

  onHead({ status, reason, fields, bodyLength }: UpstreamHead): void {
    const text = fields.map(({ name, value }) => `${name}: ${value}`).join(', ');
    this.#say(`${status} ${reason} [${text}] ${bodyLength ?? 'open'}`);
  }

  onData(buffer: Buffer, start: number, end: number): void {
    if (this.isOver || end <= start || end > buffer.length) {
      this.lines.push(`bytes ${start} to ${end} that nobody may send`);
    }
    this.#data += buffer.latin1Slice(start, end);
  }

  onTrailers(fields: readonly Field[]): void {
    this.#say(`trailers ${fields.length}`);
  }

  onEnd(): void {
    this.#finish('end');
  }

  onFault(fault: WireFault, text: string): void {
    this.#finish(`${fault}: ${text}`);
  }

  onTunnel({ status, fields }: UpstreamHead, rest: Buffer): void {
    this.#finish(
      `tunnel ${status} [${fields.map(({ name, value }) => `${name}: ${value}`).join(', ')}] ${rest.latin1Slice()}`,
    );
  }

  onNote(level: 'error' | 'warn' | 'info', text: string): void {
    this.#say(`${level}: ${text}`);
  }

  #finish(line: string): void {
    this.#say(line);
    this.isOver = true;
  }

  #say(line: string): void {
    if (this.isOver) {
      this.lines.push(`after the end: ${line}`);
      return;
    }
    if (this.#data !== '') {
      this.lines.push(`body ${this.#data}`);
      this.#data = '';
    }
    this.lines.push(line);
  }
}

export const GET: UpstreamRequest = {
  method: 'GET',
  target: '/',
  fields: [],
  bodyLength: 0,
  keepsConnection: false,
  upgrade: undefined,
};

/** What a wire makes of bytes that come in pieces of these sizes (the last one again and again), and whether the connection may be used again. */
export function readResponse(
  wire: Wire,
  bytes: Buffer,
  sizes: () => number,
  request: UpstreamRequest = GET,
): { readonly lines: readonly string[]; readonly isReusable: boolean; readonly heldMax: number } {
  const sink = new FakeSink();
  const reader = wire.newReader(request, sink);
  const heldMax = feedInPieces(reader, sink, bytes, sizes);
  const { isReusable } = reader;
  if (!sink.isOver) {
    reader.end();
  }
  return { lines: sink.lines, isReusable, heldMax };
}

function feedInPieces(reader: ResponseReader, sink: FakeSink, bytes: Buffer, sizes: () => number): number {
  let heldMax = 0;
  for (let at = 0; at < bytes.length && !sink.isOver; ) {
    const piece = Buffer.from(bytes.subarray(at, at + Math.max(1, sizes())));
    reader.feed(piece);
    at += piece.length;
    // The reader had it to borrow.
    piece.fill(0x21);
    heldMax = Math.max(heldMax, reader.heldBytes);
  }
  return heldMax;
}
