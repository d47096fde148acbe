/**
 * Cuts what an application sends into records, however they come. The content of STDOUT and STDERR is handed on as it comes, in pieces, and not kept; of END_REQUEST it is kept,
 * because it counts only with its padding behind it. A record is not an object but the reader's own fields until the next call. A fault is final.
 */

import { FASTCGI, FASTCGI_LIMITS } from './records.ts';

const KNOWN_TYPES: ReadonlySet<number> = new Set([FASTCGI.stdout, FASTCGI.stderr, FASTCGI.endRequest]);
const EMPTY = Buffer.alloc(0);

export class FastcgiRecordReader {
  /** The piece that `next` found: of the record of this type, the bytes of `buffer` from `start` to `end`, none for an empty record. */
  type = 0;
  buffer: Buffer = EMPTY;
  start = 0;
  end = 0;
  /** The record has no content at all: the stream ends. */
  isEmpty = false;
  /** Of END_REQUEST: 0 if the application has dealt with the request. */
  protocolStatus = 0;
  /** Why it cannot go on, as nginx's error log has it. */
  fault: string | undefined;

  /** The eight bytes of a header, and then those of END_REQUEST. */
  readonly #kept = Buffer.alloc(FASTCGI_LIMITS.endBytes);
  #keptBytes = 0;
  #state: 'header' | 'content' | 'padding' = 'header';
  #at = 0;
  #limit = 0;
  #contentLeft = 0;
  #paddingLeft = 0;

  /** The bytes are borrowed until `next` returns false; those of the feeding before were read. */
  feed(bytes: Buffer): void {
    this.buffer = bytes;
    this.#at = 0;
    this.#limit = bytes.length;
  }

  /** Unread bytes of what was fed. */
  get restBytes(): number {
    return this.#limit - this.#at;
  }

  /** Finds the next piece. False: more bytes are needed, or there is a fault. */
  next(): boolean {
    while (this.fault === undefined) {
      if (this.#state === 'header' && !this.#readHeader()) {
        break;
      }
      if (this.#state === 'content') {
        return this.#readContent();
      }
      if (this.#skipPadding() && this.type === FASTCGI.endRequest) {
        return true;
      }
      if (this.#state === 'padding') {
        break;
      }
    }
    return false;
  }

  /** True: a header was read. */
  #readHeader(): boolean {
    this.#keep(FASTCGI.headerBytes);
    if (this.#keptBytes < FASTCGI.headerBytes) {
      this.fault = this.#keptBytes > 0 && this.#kept[0] !== FASTCGI.version ? this.#faultOfHeader() : undefined;
      return false;
    }
    this.fault = this.#faultOfHeader();
    this.#keptBytes = 0;
    this.type = this.#kept[1]!;
    this.#contentLeft = this.#kept.readUInt16BE(4);
    this.#paddingLeft = this.#kept[6]!;
    this.#state = 'content';
    this.isEmpty = this.#contentLeft === 0;
    if (this.type === FASTCGI.endRequest && this.#contentLeft !== FASTCGI_LIMITS.endBytes) {
      this.fault ??= `upstream sent invalid FastCGI record length: ${this.#contentLeft}`;
    }
    return this.fault === undefined;
  }

  #faultOfHeader(): string | undefined {
    const [version = 0, type = 0, idHigh = 0, idLow = 0] = this.#kept;
    if (version !== FASTCGI.version) {
      return `upstream sent unsupported FastCGI protocol version: ${version}`;
    }
    if (!KNOWN_TYPES.has(type)) {
      return `upstream sent invalid FastCGI record type: ${type}`;
    }
    if (idHigh !== 0) {
      return `upstream sent unexpected FastCGI request id high byte: ${idHigh}`;
    }
    return idLow === FASTCGI.requestId ? undefined : `upstream sent unexpected FastCGI request id low byte: ${idLow}`;
  }

  #readContent(): boolean {
    if (this.type === FASTCGI.endRequest) {
      this.#keep(FASTCGI_LIMITS.endBytes);
      if (this.#keptBytes < FASTCGI_LIMITS.endBytes) {
        return false;
      }
      this.#keptBytes = 0;
      this.protocolStatus = this.#kept[4]!;
      this.start = this.#at;
      this.end = this.#at;
      this.#state = 'padding';
      return this.next();
    }
    const length = Math.min(this.#contentLeft, this.#limit - this.#at);
    if (length === 0 && !this.isEmpty) {
      return false;
    }
    this.start = this.#at;
    this.end = this.#at + length;
    this.#at = this.end;
    this.#contentLeft -= length;
    if (this.#contentLeft === 0) {
      this.#state = 'padding';
    }
    return true;
  }

  /** True: it was skipped to its end. */
  #skipPadding(): boolean {
    const length = Math.min(this.#paddingLeft, this.#limit - this.#at);
    this.#at += length;
    this.#paddingLeft -= length;
    if (this.#paddingLeft > 0) {
      return false;
    }
    this.#state = 'header';
    return true;
  }

  #keep(bytes: number): void {
    const length = Math.min(bytes - this.#keptBytes, this.#limit - this.#at);
    this.buffer.copy(this.#kept, this.#keptBytes, this.#at, this.#at + length);
    this.#keptBytes += length;
    this.#at += length;
  }
}
