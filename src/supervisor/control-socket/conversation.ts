/** One command that has connected: says hello, hears what it wants, and passes answers on. A command that says nothing, or does not read its answers, is cut off. */

import type { Socket } from 'node:net';
import { JsonLines, renderLine } from '../../protocol/control/json-lines.ts';
import type { OperatorAnswer, OperatorHello, OperatorRequest } from '../../protocol/control/operator.ts';
import { OPERATOR_LIMITS, parseOperatorRequest } from '../../protocol/control/operator.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';

export class Conversation {
  readonly #socket: Socket;
  #hasAsked = false;
  #lostCount = 0;
  #deadline: NodeJS.Timeout;
  /** What ends when the command has gone. */
  #onGone: () => void = () => undefined;

  constructor(socket: Socket, hello: OperatorHello, onRequest: (request: OperatorRequest, of: Conversation) => void) {
    this.#socket = socket;
    this.#deadline = this.#cutAfter(SUPERVISOR_LIMITS.commandAskMs);
    const lines = new JsonLines(OPERATOR_LIMITS.requestBytesMax);
    socket.on('data', (bytes: Buffer) => {
      if (this.#hasAsked) {
        return;
      }
      const messages = lines.feed(bytes);
      const message = messages.ok ? messages.value[0] : undefined;
      if (messages.ok && message === undefined) {
        return;
      }
      this.#hasAsked = true;
      clearTimeout(this.#deadline);
      const request = message && parseOperatorRequest(message, hello.version);
      if (request?.ok === true) {
        onRequest(request.value, this);
      } else {
        this.end({ kind: 'refused', error: request?.fault ?? 'what was asked is not understood' });
      }
    });
    socket.on('drain', () => clearTimeout(this.#deadline));
    // A broken connection is that of a command which has ended; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.#deadline);
      this.#onGone();
    });
    this.send(hello);
  }

  onGone(act: () => void): void {
    this.#onGone = act;
  }

  send(answer: OperatorAnswer): void {
    if (!this.#socket.destroyed) {
      this.#write(answer);
    }
  }

  /** Lines of the log: there may be more of them than the command reads. */
  sendLines(lines: readonly string[]): void {
    if (this.#socket.writableLength > SUPERVISOR_LIMITS.commandPendingBytesMax) {
      this.#lostCount += lines.length;
      return;
    }
    if (this.#lostCount > 0) {
      this.send({ kind: 'lost', lines: this.#lostCount });
      this.#lostCount = 0;
    }
    this.send({ kind: 'log', text: lines.join('\n') });
  }

  /** The last answer. */
  end(answer?: OperatorAnswer): void {
    if (answer !== undefined) {
      this.send(answer);
    }
    this.#socket.end();
    this.#deadline = this.#cutAfter(SUPERVISOR_LIMITS.commandReadMs);
  }

  #write(answer: OperatorAnswer): void {
    const isAhead = this.#socket.writableNeedDrain;
    if (!this.#socket.write(renderLine(answer)) && !isAhead) {
      clearTimeout(this.#deadline);
      this.#deadline = this.#cutAfter(SUPERVISOR_LIMITS.commandReadMs);
    }
  }

  #cutAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#socket.destroy(), ms).unref();
  }
}
