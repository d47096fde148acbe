/**
 * Whether a message gets on. The memory that a large one is to take is reserved when it begins, so that large ones come whole one after
 * another; a client that announces 16 MB and sends one byte would keep that memory from everybody.
 *
 * | a message that is not whole | what follows |
 * |---|---|
 * | comes slowly | what is reserved for the rest of it is given back; from then on it takes what is there of it, and is asked about again at each read |
 * | gets hardly on for long, and holds much, while the memory is used up | its WebSocket is ended |
 */

import type { WebSocketSink } from '../../../protocol/http/exchange.ts';
import type { FrameParser } from '../../../protocol/websocket/frame-parser.ts';
import { EDGE_LIMITS } from '../../limits.ts';

type Message = Pick<FrameParser, 'messageBytes' | 'mayBeLarge' | 'askAgain'>;
type Memory = Pick<WebSocketSink, 'isMemoryFull' | 'largeBytes' | 'releaseLarge'>;

export class MessagePace {
  /** Nothing is reserved for the message any more. */
  isSlow = false;
  /** Of the message, when it was last looked at. */
  #bytes = 0;
  /** How often in a row it had hardly grown. */
  #stalls = 0;

  /** Before more of the client is read. */
  onRead(message: Message): void {
    if (this.isSlow) {
      message.askAgain();
    }
  }

  /** Called about once a second. True: the message is to come no more. */
  isStalled(message: Message, memory: Memory): boolean {
    const { messageBytes, mayBeLarge } = message;
    const grown = messageBytes - this.#bytes;
    this.#bytes = messageBytes;
    if (grown < 0 || (messageBytes === 0 && !mayBeLarge)) {
      // The one that was looked at before is whole.
      this.isSlow = false;
      this.#stalls = 0;
      return false;
    }
    if (mayBeLarge && grown < EDGE_LIMITS.webSocketLargeBytesPerSecond) {
      this.isSlow = true;
      message.askAgain();
      memory.releaseLarge();
    }
    const isStall = memory.isMemoryFull && grown < EDGE_LIMITS.webSocketStallBytesPerSecond;
    this.#stalls = isStall && messageBytes > memory.largeBytes ? this.#stalls + 1 : 0;
    return this.#stalls * EDGE_LIMITS.tickMs >= EDGE_LIMITS.webSocketStallMs;
  }
}
