/** The server that a text of a request has named, for as long as it is named: its addresses are looked up when it is asked, and each is tried once by a request. */

import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import type { Peer, PeerChoice, PeerGroup, PeerQueue, PeerWait } from '../peer-choice.ts';
import type { FoundServer, NameAnswer, NameCache } from './name-cache.ts';

interface Waiter {
  readonly choice: NamedChoice;
  readonly done: (peer: Peer | undefined) => void;
  isLeft: boolean;
}

/** Requests of a thread that wait until a name is found: each holds the connection of its client, of which there are not many more. */
const WAITING_MAX = 10_000;

export interface NamedServer {
  /** As it was written. */
  readonly name: string;
  readonly host: string;
  /** The host as a log may have it: a request has named it. */
  readonly loggedHost: string;
  readonly port: number;
}

export class NamedPeers implements PeerGroup {
  readonly name: string;
  readonly queue: PeerQueue;
  readonly #server: NamedServer;
  readonly #names: NameCache;
  #waiting = 0;

  constructor(server: NamedServer, names: NameCache) {
    this.name = server.name;
    this.#server = server;
    this.#names = names;
    this.queue = { wait: (choice, done) => this.#wait(choice as unknown as NamedChoice, done) };
  }

  choose(): PeerChoice {
    const answer = this.#names.fresh(this.#server.host);
    const choice = new NamedChoice(this.#server);
    if (answer !== undefined) {
      choice.know(answer, Math.random());
    }
    return choice;
  }

  #wait(choice: NamedChoice, done: (peer: Peer | undefined) => void): PeerWait | undefined {
    if (this.#waiting >= WAITING_MAX) {
      return undefined;
    }
    const waiter: Waiter = { choice, done, isLeft: false };
    void this.#look(waiter);
    return {
      leave: () => {
        waiter.isLeft = true;
      },
    };
  }

  async #look(waiter: Waiter): Promise<void> {
    this.#waiting += 1;
    const answer = await this.#names.lookUp(this.#server.host);
    this.#waiting -= 1;
    if (!waiter.isLeft) {
      waiter.choice.know(answer, 0);
      waiter.done(waiter.choice.next() as Peer | undefined);
    }
  }
}

class NamedChoice implements PeerChoice {
  readonly setCookie = undefined;
  readonly #server: NamedServer;
  #answer: NameAnswer | undefined;
  #servers: readonly FoundServer[] = NONE;
  /** With which of them it begins. */
  #first = 0;
  #tried = 0;
  triesLeft = 0;

  constructor(server: NamedServer) {
    this.#server = server;
  }

  /** `chance`: from 0 to below 1. What is remembered is begun with in any place, or all requests would have the same server; the name server's own order, which it turns itself, is 0. */
  know(answer: NameAnswer, chance: number): void {
    this.#answer = answer;
    this.#servers = answer.kind === 'found' ? answer.servers : NONE;
    this.#first = Math.trunc(chance * this.#servers.length);
    this.triesLeft = this.#servers.length;
  }

  get absence(): string | undefined {
    const { loggedHost } = this.#server;
    return this.#answer?.kind === 'failed' ? `${loggedHost} could not be resolved (${this.#answer.reason})` : undefined;
  }

  next(): Peer | 'full' | undefined {
    if (this.#answer === undefined) {
      return 'full';
    }
    const count = this.#servers.length;
    const found = this.#tried < count ? this.#servers[(this.#first + this.#tried) % count] : undefined;
    if (found === undefined) {
      return undefined;
    }
    this.#tried += 1;
    const { address } = found;
    const { host, port } = this.#server;
    return { name: renderHostPort(address, port), address: { host: address, port }, host };
  }

  onConnected(): void {
    // Neither is anything of this.
  }

  onHead(): void {
    // Nothing is remembered of it.
  }

  release(): boolean {
    this.triesLeft -= 1;
    return false;
  }
}

const NONE: readonly FoundServer[] = [];
