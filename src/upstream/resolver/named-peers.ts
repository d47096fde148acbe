/** The server that a text of a request has named, for as long as it is named: its addresses are looked up when it is asked, and each is tried once by a request. */

import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import type { Peer, PeerChoice, PeerGroup, PeerQueue, PeerWait } from '../peer-choice.ts';
import type { NameAnswer, NameCache } from './name-cache.ts';

interface Waiter {
  readonly choice: NamedChoice;
  readonly done: (peer: Peer | undefined) => void;
  isLeft: boolean;
}

/** Requests of a thread that wait until a name is found. */
const WAITING_MAX = 1000;

export class NamedPeers implements PeerGroup {
  readonly name: string;
  readonly queue: PeerQueue;
  readonly #host: string;
  readonly #port: number;
  readonly #names: NameCache;
  #waiting = 0;

  /** `name`: as it was written. */
  constructor(name: string, host: string, port: number, names: NameCache) {
    this.name = name;
    this.#host = host;
    this.#port = port;
    this.#names = names;
    this.queue = { wait: (choice, done) => this.#wait(choice as unknown as NamedChoice, done) };
  }

  choose(): PeerChoice {
    return new NamedChoice(this.#host, this.#port, this.#names.fresh(this.#host));
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
    const answer = await this.#names.lookUp(this.#host);
    this.#waiting -= 1;
    if (!waiter.isLeft) {
      waiter.choice.know(answer);
      waiter.done(waiter.choice.next() as Peer | undefined);
    }
  }
}

class NamedChoice implements PeerChoice {
  readonly setCookie = undefined;
  readonly #host: string;
  readonly #port: number;
  #answer: NameAnswer | undefined;
  #addresses: readonly string[] = [];
  #tried = 0;

  constructor(host: string, port: number, answer: NameAnswer | undefined) {
    this.#host = host;
    this.#port = port;
    this.know(answer);
  }

  know(answer: NameAnswer | undefined): void {
    this.#answer = answer;
    this.#addresses = answer?.kind === 'found' ? inRandomTurns(answer.servers.map(({ address }) => address)) : [];
  }

  get absence(): string | undefined {
    return this.#answer?.kind === 'failed' ? `${this.#host} could not be resolved (${this.#answer.reason})` : undefined;
  }

  get triesLeft(): number {
    return this.#addresses.length - this.#tried;
  }

  next(): Peer | 'full' | undefined {
    if (this.#answer === undefined) {
      return 'full';
    }
    const address = this.#addresses[this.#tried];
    if (address === undefined) {
      return undefined;
    }
    this.#tried += 1;
    return {
      name: renderHostPort(address, this.#port),
      address: { host: address, port: this.#port },
      host: this.#host,
    };
  }

  onConnected(): void {
    // Neither is anything of this.
  }

  onHead(): void {
    // Nothing is remembered of it.
  }

  release(): boolean {
    return false;
  }
}

/** Those of IPv4 first. All edges would begin with the same one if they were not turned. */
function inRandomTurns(addresses: readonly string[]): readonly string[] {
  const isIpv6 = (address: string) => address.includes(':');
  return [turned(addresses.filter((address) => !isIpv6(address))), turned(addresses.filter(isIpv6))].flat();
}

function turned(addresses: readonly string[]): readonly string[] {
  const first = Math.trunc(Math.random() * addresses.length);
  return [...addresses.slice(first), ...addresses.slice(0, first)];
}
