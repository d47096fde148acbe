/**
 * Counts what a client has sent in this second, by the table's ticks. A client that sends more than it may is read no faster: TCP makes it wait, and nothing is
 * lost.
 */

import { EDGE_LIMITS } from '../../limits.ts';

export class FrameRate {
  readonly #messagesMax: number;
  #messages = 0;
  #controls = 0;
  #fragments = 0;
  #droppedBytes = 0;

  /** `messagesMax`: a second; 0: any number. */
  constructor(messagesMax: number) {
    this.#messagesMax = messagesMax === 0 ? Infinity : messagesMax;
  }

  /** The client has sent in this second as much as it may. */
  get isUsedUp(): boolean {
    return (
      this.#messages >= this.#messagesMax ||
      this.#controls >= EDGE_LIMITS.webSocketControlsPerSecond ||
      this.#fragments >= EDGE_LIMITS.webSocketFragmentsPerSecond ||
      this.#droppedBytes >= EDGE_LIMITS.lingerBytesPerSecond
    );
  }

  countMessage(): void {
    this.#messages += 1;
  }

  /** A ping or a pong. */
  countControl(): void {
    this.#controls += 1;
  }

  /** A short piece of a message, perhaps an empty one. */
  countFragment(): void {
    this.#fragments += 1;
  }

  /** Bytes that nobody wants any more. */
  countDropped(bytes: number): void {
    this.#droppedBytes += bytes;
  }

  /** A second has passed. */
  renew(): void {
    this.#messages = 0;
    this.#controls = 0;
    this.#fragments = 0;
    this.#droppedBytes = 0;
  }
}
