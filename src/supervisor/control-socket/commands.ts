/** The control socket of a server that runs. What answers there is loaded when the server has begun to start, and the application is being imported. */

import type { ControlSocket } from './control-socket.ts';
import type { OperationsParts } from './operated.ts';

export interface CommandsParts extends OperationsParts {
  readonly log: { say(level: 'info', text: string): void };
}

const OFF = 'off';

export class Commands {
  readonly #parts: CommandsParts;
  readonly #onFault: (fault: string) => void;
  #socket: ControlSocket | undefined;
  #isClosed = false;

  /** `onFault`: the socket cannot be where the operator wants it. */
  constructor(parts: CommandsParts, onFault: (fault: string) => void) {
    this.#parts = parts;
    this.#onFault = onFault;
  }

  async open(): Promise<void> {
    const { controlSocket: path } = this.#parts.server.model.process;
    if (path === OFF) {
      return;
    }
    const { openControlSocket } = await import('./open-control-socket.ts');
    const opened = await openControlSocket(this.#parts);
    if (opened.ok) {
      this.#socket = opened.value;
    } else if (path === '') {
      // No reason not to serve: a container may have no folder that can be written.
      const { log } = this.#parts;
      log.say('info', `"portico status" and its like cannot find this server (--control-socket): ${opened.fault}`);
    } else {
      this.#onFault(opened.fault);
    }
    if (this.#isClosed) {
      this.#socket?.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }
}
