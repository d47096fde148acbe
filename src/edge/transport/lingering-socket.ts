/**
 * A client's socket, closed so that the client gets its whole answer, or can tell that it did not.
 *
 * | what ends it | what is done |
 * |---|---|
 * | the last response is on its way | what waits is sent, then the socket is closed |
 * | … and the client may still be sending, unless the configuration says that nobody lingers | only our side is closed; what comes is read and dropped, not faster than a few megabytes a second, until the client closes its own or for a while |
 * | a response that cannot be completed | what was written is sent; where a plain end would pass for the end of the body, a reset follows when the client has had a while to take it |
 * | the client has closed its side | an answer that it is owed comes first, unless the handler can still drop the request |
 * | the client is too slow | a request is refused; without one, or for a response that is not taken, there is nobody to tell |
 *
 * The second row is the lingering close of RFC 9112 9.6: closing a socket with unread bytes resets the connection, and a reset takes
 * from the client what it has not read yet. While reading is paused, bytes may be unread too; so pausing is known here.
 *
 * A client that leaves is noticed in four ways, since a socket that is not read tells of nothing:
 *
 * | what the client, or its network, does | what notices |
 * |---|---|
 * | it closes its side, and all that it has sent was read | the event loop: 'end' |
 * | it resets, or closes a Unix socket, while reading is paused or after 'end' | a look at the socket, once a second |
 * | it closes a TCP socket, while reading is paused or after 'end' | the same, once its kernel has answered a probe of ours by a reset: after a minute or so |
 * | it vanishes while a request is answered | TCP's probes (keepalive), or its attempts to send again what is on its way; after them the event loop or the look |
 *
 * What is sent goes through the Output. Whether the connection could go on after a response is not decided here.
 */

import type { Socket } from 'node:net';
import type { ResponseWatcher } from '../../protocol/http/exchange.ts';
import { carrierOf, isPeerGone, resetConnection, sentBytes } from '../../relay/sockets/node-internals.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { Deadline } from './deadline.ts';
import type { Output } from './output.ts';

/** What the configuration says of the end of a connection: see TransportRules. */
export interface LingerRules {
  readonly lingering: 'off' | 'on' | 'always';
  readonly lingerMs: number;
  readonly lingerIdleMs: number;
  readonly resetsTimedOut: boolean;
}

const USUAL: LingerRules = {
  lingering: 'on',
  lingerMs: EDGE_LIMITS.lingerMs,
  lingerIdleMs: EDGE_LIMITS.lingerMs,
  resetsTimedOut: false,
};

export class LingeringSocket {
  readonly #socket: Socket;
  readonly #output: Output;
  /** Shared with the connection, which enters every phase but `linger`. */
  readonly #deadline: Deadline;
  readonly #clock: { readonly nowMs: number };
  #isPaused = false;
  /** The client has closed its sending side: nothing comes any more. */
  hasClientEnded = false;
  #isProbed = false;
  /** A reset is to tell that the response was not all. */
  #isCut = false;
  /** Bytes of the client that were dropped since the last tick. */
  #droppedBytes = 0;
  /** When lingering is over, whatever still comes, and how long one byte waits for the next. */
  #lingerEndMs = 0;
  #lingerIdleMs = 0;

  constructor(socket: Socket, output: Output, deadline: Deadline, clock: { readonly nowMs: number }) {
    this.#socket = socket;
    this.#output = output;
    this.#deadline = deadline;
    this.#clock = clock;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    if (!this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    }
  }

  resume(): void {
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  /** The last response has been given to the output. `mayHaveMore`: the client may still be sending what will not be answered. */
  close(mayHaveMore: boolean, rules: LingerRules = USUAL): void {
    this.#linger(rules);
    this.#endAfterOutput(mayHaveMore, rules);
  }

  #endAfterOutput(mayHaveMore: boolean, { lingering }: LingerRules): void {
    if (lingering === 'always' || (lingering === 'on' && (mayHaveMore || this.#isPaused))) {
      this.#socket.end();
      this.resume();
    } else {
      this.#socket.destroySoon();
    }
  }

  /**
   * The response cannot be completed. `endsBody`: the end of the connection is the end of its body. `address`: '' on a Unix socket. `mayHaveMore` as for `close`:
   * a reset would take what was written from the client, and answers to earlier requests with it. So one that has to come waits until all is sent, and for a while.
   */
  cut(endsBody: boolean, address: string, mayHaveMore: boolean, rules: LingerRules = USUAL): void {
    if (endsBody && (address !== '' || carrierOf(this.#socket) !== undefined)) {
      this.#isCut = true;
      this.#linger({ lingerMs: EDGE_LIMITS.cutDrainMs, lingerIdleMs: EDGE_LIMITS.cutDrainMs });
      this.resume();
    } else {
      this.#linger(rules);
      // Unix sockets have no reset: there, the client is left to believe that it has got all.
      this.#output.close();
      this.#endAfterOutput(mayHaveMore, rules);
    }
  }

  /** Closes the connection so that it costs neither the kernel nor the client another packet. On a Unix socket it is simply closed: a client of TLS misses the close_notify. */
  reset(): void {
    resetConnection(this.#socket);
  }

  /**
   * Drops bytes of the client that nobody wants, because the connection is closing or will close behind this response. A client that does not stop sending is
   * read only as fast as costs nothing: the rest waits in the kernels, and the client gets its answer all the same.
   */
  drop(bytes: number): void {
    this.#droppedBytes += bytes;
    if (this.#deadline.phase === 'linger') {
      this.#deadline.extend(Math.min(this.#lingerEndMs, this.#clock.nowMs + this.#lingerIdleMs));
    }
    if (this.#droppedBytes >= EDGE_LIMITS.lingerBytesPerSecond) {
      this.pause();
    }
  }

  /** Closes the socket at once, whatever is lost by that. */
  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * The client has closed its sending side. `asked` is the request that has come whole and is not answered yet. True: that answer is still to be sent, as the
   * last one.
   */
  onClientEnd(asked: { readonly watcher: ResponseWatcher | undefined } | undefined): boolean {
    if (this.#deadline.phase === 'linger' || asked === undefined) {
      this.#socket.destroySoon();
      return false;
    }
    if (asked.watcher?.onClientEnd() === true) {
      this.#socket.destroy();
      return false;
    }
    return true;
  }

  /** Called about once a second. True: the client is gone, which the event loop does not tell of a socket that is not read. */
  hasLostClient(): boolean {
    const { phase } = this.#deadline;
    if (!this.#isProbed && (phase === 'app' || phase === 'body' || phase === 'write')) {
      this.#isProbed = true;
      const { probeIdleMs, probeIntervalMs, probeCount } = EDGE_LIMITS;
      (carrierOf(this.#socket) ?? this.#socket).setKeepAlive(true, probeIdleMs, probeIntervalMs, probeCount);
    }
    // Once our own side is closed a write fails whether the client is there or not. While lingering, reading is paused for a second at most, and then tells.
    return phase !== 'linger' && (this.#isPaused || this.hasClientEnded) && isPeerGone(this.#socket);
  }

  /**
   * Called about once a second. `isWaiting`: the body waits for its reader. True: the request has not come in time, and the client is
   * to be told.
   */
  onTick(nowMs: number, receivedBytes: number, isWaiting: boolean, rules: LingerRules = USUAL): boolean {
    if (this.#droppedBytes > 0) {
      this.#droppedBytes = 0;
      this.resume();
    }
    if (!this.#deadline.isDue(nowMs)) {
      return false;
    }
    const expiry = this.#deadline.expire(nowMs, {
      receivedBytes,
      isPaused: this.#isPaused || isWaiting,
      sentBytes: sentBytes(this.#socket),
      isAllSent: this.#output.isEmpty,
    });
    if (expiry === 'destroy') {
      // A connection that nobody has used for a while has done nothing wrong.
      if (this.#isCut || (rules.resetsTimedOut && this.#deadline.phase === 'write')) {
        this.reset();
      } else {
        this.#socket.destroy();
      }
    }
    return expiry === 'refuse';
  }

  /** The socket is closed, by the client or by us. */
  onClose(): void {
    this.#linger();
    this.#output.close();
  }

  #linger({ lingerMs, lingerIdleMs }: Pick<LingerRules, 'lingerMs' | 'lingerIdleMs'> = USUAL): void {
    const { nowMs } = this.#clock;
    this.#lingerEndMs = nowMs + lingerMs;
    this.#lingerIdleMs = lingerIdleMs;
    this.#deadline.enter('linger', nowMs, Math.min(lingerMs, lingerIdleMs));
  }
}
