/**
 * Reads the response to one request from the records of FastCGI: its head and body are what STDOUT carries, its error output goes to the log. It ends with END_REQUEST, which the
 * application is given the time to write: one that is left before that may die of SIGPIPE. A connection that closes earlier has ended it if the body is whole, or STDOUT was closed.
 */

import { FastcgiRecordReader } from '../../protocol/fastcgi/record-reader.ts';
import { FASTCGI } from '../../protocol/fastcgi/records.ts';
import type { ResponseReader, ResponseSink, UpstreamRequest } from '../wire.ts';
import type { CgiHeads } from './cgi-heads.ts';
import { CgiResponse, CLOSED_EARLY } from './cgi-response.ts';
import { ErrorOutput } from './error-output.ts';

const NO_STDOUT = 'upstream prematurely closed FastCGI stdout';
const CAUGHT = 'upstream sent in stderr what "fastcgi_catch_stderr" names';
const NO_REQUEST = 'upstream prematurely closed FastCGI request';

/** What END_REQUEST says where the application has not dealt with the request. */
const REFUSALS: readonly string[] = ['', ' (cannot multiplex)', ' (overloaded)', ' (unknown role)'];

export interface FastcgiWireOptions {
  readonly keepsConnection: boolean;
  /** Texts on the error output, in latin-1, that make a response a fault. */
  readonly faults: readonly string[];
  readonly headBytesMax: number;
}

export class FastcgiResponse implements ResponseReader {
  isReusable = false;
  readonly #records = new FastcgiRecordReader();
  readonly #response: CgiResponse;
  readonly #errors: ErrorOutput;
  readonly #keepsConnection: boolean;
  #isStdoutClosed = false;

  constructor(request: UpstreamRequest, sink: ResponseSink, options: FastcgiWireOptions, heads: CgiHeads) {
    // FastCGI has no way to change the protocol.
    this.#response = new CgiResponse({ method: request.method, upgrade: undefined }, sink, heads);
    this.#errors = new ErrorOutput(sink, options.faults);
    this.#keepsConnection = options.keepsConnection;
  }

  get heldBytes(): number {
    return this.#response.heldBytes;
  }

  feed(bytes: Buffer): void {
    const records = this.#records;
    const response = this.#response;
    records.feed(bytes);
    while (!response.isOver && records.next()) {
      this.#onRecord();
    }
    if (records.fault !== undefined) {
      response.fail(response.isInHead ? 'header' : 'body', records.fault);
    }
  }

  end(): void {
    this.#response.close(CLOSED_EARLY, !this.#isStdoutClosed);
  }

  #onRecord(): void {
    const { type, buffer, start, end, isEmpty } = this.#records;
    if (type === FASTCGI.endRequest) {
      this.#onEndRequest();
    } else if (type === FASTCGI.stderr) {
      if (this.#errors.take(buffer.latin1Slice(start, end)) && this.#response.isInHead) {
        this.#response.fail('header', CAUGHT);
      }
    } else if (isEmpty) {
      this.#onStdoutClosed();
    } else {
      this.#response.feed(buffer, start, end);
    }
  }

  #onStdoutClosed(): void {
    const response = this.#response;
    this.#isStdoutClosed = true;
    if (response.isInHead) {
      response.fail('header', NO_STDOUT);
    } else if (!response.isComplete) {
      response.close(NO_STDOUT);
    }
  }

  #onEndRequest(): void {
    const { protocolStatus, restBytes } = this.#records;
    const response = this.#response;
    if (response.isInHead) {
      response.fail(
        'header',
        `upstream sent unexpected FastCGI record: ${FASTCGI.endRequest}${REFUSALS[protocolStatus] ?? ''}`,
      );
      return;
    }
    this.isReusable = this.#keepsConnection && response.isComplete && restBytes === 0;
    response.close(NO_REQUEST);
  }
}
