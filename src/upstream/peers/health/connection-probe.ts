/** Whether a server can be connected to, and, where that is asked, whether it answers as it should what it is told. Of its protocol nothing is known. */

import type { Socket } from 'node:net';
import { systemWords } from '../../../kernel/system-words.ts';
import { writeBeforeTls } from '../../../relay/sockets/node-internals.ts';
import type { ConnectionWay } from '../../connections/dial.ts';
import { dial } from '../../connections/dial.ts';
import { tlsFailure } from '../../connections/tls-fault.ts';
import type { Peer } from '../../peer-choice.ts';
import type { AnswerJudge } from './health-match.ts';

export interface Probe {
  /** Nobody wants to know any more: `done` is not called. */
  cancel(): void;
}

/** `done` is called once, with what is wrong. */
export type ProbeDone = (fault: string | undefined) => void;

export interface AskedConnection {
  readonly kind: 'connection';
  readonly way: ConnectionWay;
  /** Before anything else, TLS included. */
  readonly header: Buffer | undefined;
  readonly says: Buffer | undefined;
  /** Undefined: whatever it answers. */
  readonly judge: AnswerJudge | undefined;
  /** So much of the answer is looked at. */
  readonly bytesMax: number;
}

/** For all probes of the thread: what is read is taken before anything else is read. */
const BUFFER = Buffer.allocUnsafeSlow(16_384);

export class ConnectionProbe implements Probe {
  readonly #asked: AskedConnection;
  readonly #done: ProbeDone;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  #isConnected = false;
  #isOver = false;
  /** In latin-1. */
  #answer = '';

  constructor(peer: Peer, asked: AskedConnection, timeoutMs: number, done: ProbeDone) {
    this.#asked = asked;
    this.#done = done;
    const socket = dial(peer, asked.way, {
      buffer: BUFFER,
      callback: (length) => {
        this.#take(length);
        return true;
      },
    });
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#onLate(), timeoutMs);
    const isSecure = asked.way.secure !== undefined;
    if (isSecure && asked.header !== undefined) {
      // In front of the listener by which Node begins the handshake.
      socket.prependListener('connect', () => this.#sendBeforeTls());
    }
    socket.on(isSecure ? 'secureConnect' : 'connect', () => this.#onConnected());
    socket.on('end', () => this.#end('the server closed the connection before it had answered'));
    socket.on('error', (error) => this.#end(this.#faultOf(error)));
  }

  cancel(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  #end(fault: string | undefined): void {
    if (!this.#isOver) {
      this.cancel();
      this.#done(fault);
    }
  }

  #onLate(): void {
    this.#end(this.#isConnected ? 'the answer did not come in time' : 'it was not connected in time');
  }

  #faultOf(error: Error): string {
    const call = this.#isConnected ? 'recv()' : 'connect()';
    return tlsFailure(error, 'SSL_do_handshake()') ?? `${call} failed (${systemWords(error)})`;
  }

  #sendBeforeTls(): void {
    try {
      writeBeforeTls(this.#socket, this.#asked.header ?? Buffer.alloc(0));
    } catch (error) {
      this.#end(`the header of the PROXY protocol could not be sent (${systemWords(error)})`);
    }
  }

  #onConnected(): void {
    if (this.#isOver) {
      return;
    }
    this.#isConnected = true;
    const { header, says, judge, way } = this.#asked;
    const sent = [...(header === undefined || way.secure !== undefined ? [] : [header]), ...(says ? [says] : [])];
    // It has been taken by the system when this is called.
    const onSent = (): void => (judge === undefined ? this.#end(undefined) : undefined);
    if (sent.length === 0) {
      onSent();
    } else {
      this.#socket.write(Buffer.concat(sent), onSent);
    }
    this.#socket.resume();
  }

  #take(length: number): void {
    const { judge, bytesMax } = this.#asked;
    if (this.#isOver || judge === undefined) {
      return;
    }
    this.#answer = (this.#answer + BUFFER.latin1Slice(0, length)).slice(0, bytesMax);
    const verdict = judge(this.#answer);
    if (verdict === 'good') {
      this.#end(undefined);
    } else if (verdict === 'bad' || this.#answer.length >= bytesMax) {
      this.#end('the answer does not match');
    }
  }
}
