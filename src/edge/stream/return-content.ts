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

  /** In latin-1. */
  constructor(session: Session, text: string) {
    this.#session = session;
    this.#text = text;
  }

  start(): void {
    const session = this.#session;
    session.action = 'returning text';
    const bytes = Buffer.from(this.#text, 'latin1');
    // Under TLS, what a direct write has taken may still have to leave.
    const writer = descriptorOf(session.socket) === undefined ? undefined : new DirectWriter(session.socket);
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
    clearTimeout(this.#timer);
  }
}
