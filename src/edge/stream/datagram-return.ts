/** The client gets a text as one datagram, and the session is over. */

import { systemWords } from '../../kernel/system-words.ts';
import type { DatagramClient, Session, SessionContent } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';

export class DatagramReturn implements SessionContent {
  readonly about = '';
  receivedBytes = 0;
  sentBytes = 0;
  readonly #session: Session;
  readonly #client: DatagramClient;
  readonly #text: string;

  /** In latin-1. */
  constructor(session: Session, client: DatagramClient, text: string) {
    this.#session = session;
    this.#client = client;
    this.#text = text;
  }

  start(): void {
    // The text answers a datagram.
  }

  take(datagram: Buffer): void {
    const session = this.#session;
    this.receivedBytes += datagram.length;
    if (this.#text === '') {
      session.end(SESSION_STATUS.ok);
      return;
    }
    session.action = 'returning text';
    // Whatever the client sends next is to be answered anew.
    this.#client.leave();
    const bytes = Buffer.from(this.#text, 'latin1');
    this.#client.send(bytes, (error) => {
      if (session.status !== 0) {
        return;
      }
      if (error === null) {
        this.sentBytes = bytes.length;
        session.end(SESSION_STATUS.ok);
      } else {
        session.log('info', `send() failed (${systemWords(error)})`);
        session.end(SESSION_STATUS.internal);
      }
    });
  }

  onClientEnd(): void {
    // Who sends datagrams does not say that there will be no more.
  }

  close(): void {
    // Nothing is held.
  }
}
