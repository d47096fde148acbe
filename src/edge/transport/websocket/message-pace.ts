/**
 * Watches whether a message that is not whole goes on coming. Memory for a large message is reserved when it begins, so that large messages
 * come whole one after another. A client that announces 16 MB and sends one byte would keep that memory from all others.
 *
 * | a message that is not whole | what follows |
 * |---|---|
 * | comes slowly | the memory reserved for its rest is given back; from then on it counts with the bytes that have come, and the sink is asked about it at each read |
 * | hardly grows for long, and holds much, while the memory is used up | its WebSocket is ended |
 * | waits for memory for its rest, and holds much, for longer still | the same: what it holds is what others wait for |
 */

import type { WebSocketSink } from '../../../protocol/http/exchange.ts';
import type { FrameParser } from '../../../protocol/websocket/frame-parser.ts';
import { EDGE_LIMITS } from '../../limits.ts';

type Message = Pick<FrameParser, 'messageBytes' | 'mayBeLarge' | 'askAgain'>;
type Memory = Pick<WebSocketSink, 'isMemoryFull' | 'largeBytes' | 'releaseLarge'>;

export class MessagePace {
  /** Memory for the rest of the message is not reserved any more. */
  isSlow = false;
  /** Bytes of the message that had come when it was last looked at. */
  #bytes = 0;
  /** How many times in a row the message was found hardly grown: for want of bytes, and for want of memory. */
  #stalls = 0;
  #waits = 0;

  /** Called before more of the client is read. */
  onRead(message: Message): void {
    if (this.isSlow) {
      message.askAgain();
    }
  }

  /**
   * Called about once a second. `isWaiting`: more of the message is there, and the sink does not take it yet. Returns why the WebSocket is to be ended,
   * if it is.
   */
  check(message: Message, memory: Memory, isWaiting: boolean): string | undefined {
    const { messageBytes, mayBeLarge } = message;
    const grown = messageBytes - this.#bytes;
    this.#bytes = messageBytes;
    if (grown < 0 || (messageBytes === 0 && !mayBeLarge)) {
      // The message that was looked at before is whole.
      this.isSlow = false;
      this.#forgive();
      return undefined;
    }
    if (mayBeLarge && grown < EDGE_LIMITS.webSocketLargeBytesPerSecond) {
      this.isSlow = true;
      message.askAgain();
      memory.releaseLarge();
    }
    const isStill = memory.isMemoryFull && grown < EDGE_LIMITS.webSocketStallBytesPerSecond;
    if (!isStill || messageBytes <= memory.largeBytes) {
      this.#forgive();
      return undefined;
    }
    return this.#count(isWaiting);
  }

  #forgive(): void {
    this.#stalls = 0;
    this.#waits = 0;
  }

  #count(isWaiting: boolean): string | undefined {
    if (isWaiting) {
      this.#waits += 1;
      return this.#waits * EDGE_LIMITS.tickMs < EDGE_LIMITS.webSocketMemoryMs
        ? undefined
        : 'a message that has waited too long for memory';
    }
    this.#stalls += 1;
    return this.#stalls * EDGE_LIMITS.tickMs < EDGE_LIMITS.webSocketStallMs
      ? undefined
      : 'a message that comes too slowly while memory is short';
  }
}
