/** The client has closed its sending side: each of its requests is told so as soon as it has been read whole. */

import type { Http1Exchange } from './http1-exchange.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { LingeringSocket } from './lingering-socket.ts';
import type { RequestReader } from './request-reader.ts';

export class ClientEnd {
  readonly #socket: LingeringSocket;
  readonly #requests: RequestReader;
  readonly #keeping: KeepAlive;
  /** The exchange that has been told. */
  #told: Http1Exchange | undefined;

  constructor(socket: LingeringSocket, requests: RequestReader, keeping: KeepAlive) {
    this.#socket = socket;
    this.#requests = requests;
    this.#keeping = keeping;
  }

  /** `exchange`: the request that is not answered yet. */
  heed(exchange: Http1Exchange | undefined): void {
    const requests = this.#requests;
    const isLater = exchange !== undefined && requests.isBodyOpen && requests.holdsBodyEnd;
    if (isLater || (exchange !== undefined && exchange === this.#told)) {
      return;
    }
    this.#told = exchange;
    if (this.#socket.onClientEnd(requests.isBodyOpen ? undefined : exchange)) {
      // Further requests may have come whole behind this one.
      this.#keeping.isKept &&= requests.bufferedBytes > 0;
    }
  }
}
