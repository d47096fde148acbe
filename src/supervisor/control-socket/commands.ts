/** The control socket of a server that runs. What answers there is loaded when the server has begun to start, and the application is being imported. */

import type { ControlSocket } from './control-socket.ts';
import type { OperationsParts } from './operated.ts';

export interface CommandsParts extends OperationsParts {
  readonly log: { say(level: 'info' | 'warning', text: string): void };
}

const OFF = 'off';

export class Commands {
  readonly #parts: CommandsParts;
  readonly #onFault: (fault: string) => void;
  #socket: ControlSocket | undefined;
  #gunicorn: Pick<ControlSocket, 'close'> | undefined;
  #isClosed = false;

  /** `onFault`: the socket cannot be where the operator wants it. */
  constructor(parts: CommandsParts, onFault: (fault: string) => void) {
    this.#parts = parts;
    this.#onFault = onFault;
  }

  async open(): Promise<void> {
    const { controlSocket: path } = this.#parts.server.model.process;
    await this.#openForGunicorn();
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

  /** A socket for gunicornc is no reason not to serve either, wherever it was to be: gunicorn says so and goes on. */
  async #openForGunicorn(): Promise<void> {
    const { server, log } = this.#parts;
    const gunicorn = server.model.apps.find((app) => app.gunicorn !== undefined)?.gunicorn;
    if (gunicorn === undefined || gunicorn.settings['control_socket_disable'] === true) {
      return;
    }
    const { GunicornControl } = await import('./gunicorn-control.ts');
    const control = new GunicornControl(this.#parts, gunicorn);
    const fault = await control.open();
    if (fault !== undefined) {
      log.say('warning', `gunicornc cannot reach this server (--control-socket): ${fault}`);
    }
    this.#gunicorn = control;
    if (this.#isClosed) {
      control.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
    this.#gunicorn?.close();
  }
}
