/**
 * Reads what memcached answers to `get`: a line, the value, `END`. The value is the body of a response with 200; where there is none, it is 404. The flags of the value may say
 * that it is compressed. A wrong end of a value is told of and ends the response, as with nginx: the value itself was whole.
 */

import type { Field } from '../../protocol/http/fields.ts';
import { LF } from '../../protocol/http/grammar.ts';
import { escapeMemcachedKey } from '../../protocol/memcached/escape-key.ts';
import type { MemcachedReply } from '../../protocol/memcached/parse-reply.ts';
import { MEMCACHED_END, MEMCACHED_LIMITS, parseMemcachedReply } from '../../protocol/memcached/parse-reply.ts';
import type { ResponseReader, ResponseSink, UpstreamRequest } from '../wire.ts';
import { CLOSED_EARLY } from './cgi-response.ts';
import { escapeOutput } from './escape-output.ts';

const GZIPPED: readonly Field[] = [{ name: 'Content-Encoding', lower: 'content-encoding', value: 'gzip' }];
const NO_FIELDS: readonly Field[] = [];

export class MemcachedResponse implements ResponseReader {
  isReusable = false;
  readonly #sink: ResponseSink;
  readonly #key: string;
  readonly #method: string;
  readonly #gzipFlag: number;
  #phase: 'line' | 'value' | 'end' | 'over' = 'line';
  #line = '';
  #left = 0;
  #endBytes = 0;

  constructor({ target, method }: UpstreamRequest, sink: ResponseSink, gzipFlag: number) {
    this.#sink = sink;
    this.#key = escapeMemcachedKey(target);
    this.#method = method;
    this.#gzipFlag = gzipFlag;
  }

  get heldBytes(): number {
    return this.#line.length;
  }

  feed(bytes: Buffer): void {
    let at = this.#phase === 'line' ? this.#readLine(bytes) : 0;
    if (this.#phase === 'value') {
      const length = Math.min(this.#left, bytes.length - at);
      this.#left -= length;
      if (length > 0) {
        this.#sink.onData(bytes, at, at + length);
      }
      at += length;
      this.#phase = this.#left > 0 ? 'value' : 'end';
    }
    if (this.#phase === 'end' && at < bytes.length) {
      this.#readEnd(bytes, at);
    }
  }

  end(): void {
    if (this.#phase === 'end') {
      // The value is whole.
      this.#finish();
    } else if (this.#phase !== 'over') {
      this.#fail('closed', CLOSED_EARLY);
    }
  }

  /** Where the line has ended. */
  #readLine(bytes: Buffer): number {
    const lf = bytes.indexOf(LF);
    const end = lf === -1 ? bytes.length : lf;
    const { lineBytesMax } = MEMCACHED_LIMITS;
    this.#line += bytes.latin1Slice(0, Math.min(end, lineBytesMax));
    if (lf === -1 && this.#line.length < lineBytesMax) {
      return end;
    }
    const line = this.#line;
    this.#line = '';
    if (lf === -1 || line.length > lineBytesMax || !line.endsWith('\r')) {
      this.#fail('header', `memcached sent invalid response: "${escapeOutput(line.slice(0, lineBytesMax))}"`);
      return bytes.length;
    }
    this.#onLine(line.slice(0, -1), lf + 1 < bytes.length);
    return lf + 1;
  }

  #onLine(line: string, hasMore: boolean): void {
    const reply = parseMemcachedReply(line, this.#key);
    switch (reply.kind) {
      case 'invalid':
        this.#fail('header', this.#textOf(reply.about, line));
        return;
      case 'absent':
        this.#sink.onNote('info', `key: "${escapeOutput(this.#key)}" was not found by memcached`);
        this.#sink.onHead({ status: 404, reason: '', fields: NO_FIELDS, bodyLength: 0 });
        this.isReusable = !hasMore;
        this.#finish();
        return;
      case 'value':
        this.#begin(reply);
    }
  }

  #begin({ flags, bytes }: Extract<MemcachedReply, { kind: 'value' }>): void {
    // Both are numbers of 32 bits.
    const isGzipped = (flags & this.#gzipFlag) !== 0;
    this.#left = bytes;
    this.#phase = 'value';
    this.#sink.onHead({ status: 200, reason: 'OK', fields: isGzipped ? GZIPPED : NO_FIELDS, bodyLength: bytes });
    if (this.#method === 'HEAD') {
      // The value is not read: it may be of megabytes.
      this.#finish();
    }
  }

  #readEnd(bytes: Buffer, at: number): void {
    const length = Math.min(bytes.length - at, MEMCACHED_END.length - this.#endBytes);
    const isRight = MEMCACHED_END.compare(bytes, at, at + length, this.#endBytes, this.#endBytes + length) === 0;
    this.#endBytes += length;
    if (!isRight || at + length < bytes.length) {
      this.#sink.onNote('error', 'memcached sent invalid trailer');
      this.#finish();
    } else if (this.#endBytes === MEMCACHED_END.length) {
      this.isReusable = true;
      this.#finish();
    }
  }

  #textOf(about: 'response' | 'key' | 'flags' | 'length', line: string): string {
    const said = escapeOutput(line);
    return about === 'response'
      ? `memcached sent invalid response: "${said}"`
      : `memcached sent invalid ${about} in response "${said}" for key "${escapeOutput(this.#key)}"`;
  }

  #finish(): void {
    this.#phase = 'over';
    this.#sink.onEnd();
  }

  #fail(fault: 'header' | 'closed', text: string): void {
    this.#phase = 'over';
    this.#sink.onFault(fault, text);
  }
}
