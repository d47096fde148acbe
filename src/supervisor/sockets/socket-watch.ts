/**
 * Unix sockets that clients find by a path. When somebody removes the file, or puts another in its place, the server goes on listening on a socket
 * that no client can reach; nothing else would tell.
 */

import type { Log } from '../log/log.ts';
import type { BoundSocket } from './sockets.ts';

export class SocketWatch {
  readonly #all: () => readonly BoundSocket[];
  readonly #log: Pick<Log, 'say'>;
  readonly #lost = new Set<BoundSocket>();

  /** `all`: those that the server has at the time. */
  constructor(all: () => readonly BoundSocket[], log: Pick<Log, 'say'>) {
    this.#all = all;
    this.#log = log;
  }

  get #sockets(): readonly BoundSocket[] {
    return this.#all().filter(({ address }) => address.kind === 'unix');
  }

  get isNeeded(): boolean {
    return this.#sockets.length > 0;
  }

  /** Looks at all sockets; tells of each that was lost once. */
  look(): void {
    for (const socket of this.#sockets.filter((each) => !this.#lost.has(each) && each.isLost())) {
      this.#lost.add(socket);
      this.#log.say(
        'error',
        `unix:${socket.address.path} was removed or replaced by somebody else: clients no longer reach this server there. Start it anew, and keep the socket in a folder that nobody cleans up, such as one in /run`,
      );
    }
  }
}
