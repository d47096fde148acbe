/** The client gets a text, and the connection ends. */

import { DirectWriter } from '../../relay/sockets/direct-writer.ts';
import { descriptorOf } from '../../relay/sockets/node-internals.ts';
import type { Session, SessionContent } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';

/** A client that has not taken the text after so long does not get the rest of it (as in nginx). */
const SEND_MS = 5_000;

export class ReturnContent implements SessionContent {
  readonly about = '';
  readonly receivedBytes = 0;
  sentBytes = 0;
  readonly #session: Session;
  readonly #text: string;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** In latin-1. */
  constructor(session: Session, text: string) {
    this.#session = session;
    this.#text = text;
  }

  start(): void {
    const { socket } = this.#session;
    this.#session.action = 'returning text';
    if (descriptorOf(socket) === undefined) {
      // OpenSSL tells of the end of a handshake before it sends its tickets: a client that reads the text and leaves would have none, and no session to take up again.
      setImmediate(() => this.#send(undefined));
    } else {
      this.#send(new DirectWriter(socket));
    }
  }

  /** `writer`: undefined under TLS, where what a direct write has taken may still have to leave. */
  #send(writer: DirectWriter | undefined): void {
    const session = this.#session;
    if (this.#isOver) {
      return;
    }
    const bytes = Buffer.from(this.#text, 'latin1');
    const taken = writer?.isReady === true ? writer.write(bytes, 0, bytes.length) : 0;
    this.sentBytes = writer?.isBroken === true ? 0 : taken;
    if (taken === bytes.length) {
      session.end(SESSION_STATUS.ok, 'whole');
      return;
    }
    this.#timer = setTimeout(() => {
      session.log('info', 'connection timed out (110: Connection timed out)');
      session.end(SESSION_STATUS.ok);
    }, SEND_MS);
    session.socket.write(bytes.subarray(taken), (error) => {
      this.sentBytes = error ? taken : bytes.length;
      session.end(SESSION_STATUS.ok, error ? 'cut' : 'whole');
    });
  }

  take(): void {
    // What the client says is not asked for.
  }

  onClientEnd(): void {
    // It may still take the text.
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
