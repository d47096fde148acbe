// What the clients of the load do, apart from their sockets. A run begins, is told to end, and is over when every
// answer that it still waited for has come: what was sent is counted, and so is the time until it was answered.

export interface Peer {
  renderMessage(text: string): Buffer;
  send(frame: Buffer): void;
}

export interface Run {
  /** Messages that have come so far. */
  readonly messages: number;
  readonly isOver: boolean;
  begin(): void;
  /** A message has come; what is wrong with it, if something is. */
  take(peer: Peer, payload: Buffer): string | undefined;
  /** Nothing new is sent from here on. */
  end(): void;
}

export type Scene = 'echo' | 'broadcast';

/** Of each message. */
export const MESSAGE_BYTES = 64;
const UNEXPECTED = 'a message that nobody sent';

export function startRun(scene: Scene, peers: readonly Peer[]): Run {
  return scene === 'echo' ? new EchoRun(peers) : new BroadcastRun(peers);
}

/** Each client sends a message of its own, and again when it has come back. */
class EchoRun implements Run {
  messages = 0;
  readonly #own = new Map<Peer, { readonly text: Buffer; readonly frame: Buffer }>();
  #waitingCount = 0;
  #isEnding = false;

  constructor(peers: readonly Peer[]) {
    for (const [index, peer] of peers.entries()) {
      const text = messageOf('echo', index);
      this.#own.set(peer, { text: Buffer.from(text), frame: peer.renderMessage(text) });
    }
  }

  get isOver(): boolean {
    return this.#isEnding && this.#waitingCount === 0;
  }

  begin(): void {
    this.#waitingCount = this.#own.size;
    for (const [peer, { frame }] of this.#own) peer.send(frame);
  }

  take(peer: Peer, payload: Buffer): string | undefined {
    const own = this.#own.get(peer);
    if (own === undefined || !own.text.equals(payload)) return UNEXPECTED;
    this.messages += 1;
    if (this.#isEnding) this.#waitingCount -= 1;
    else peer.send(own.frame);
    return undefined;
  }

  end(): void {
    this.#isEnding = true;
  }
}

/** One client, another each time, sends a message, and the next follows when all clients have it. */
class BroadcastRun implements Run {
  messages = 0;
  readonly #peers: readonly Peer[];
  readonly #waiting = new Set<Peer>();
  #text: Buffer = Buffer.alloc(0);
  #sentCount = 0;
  #isEnding = false;

  constructor(peers: readonly Peer[]) {
    this.#peers = peers;
  }

  get isOver(): boolean {
    return this.#isEnding && this.#waiting.size === 0;
  }

  begin(): void {
    const sender = this.#peers[this.#sentCount % this.#peers.length];
    const text = messageOf('broadcast', this.#sentCount);
    this.#text = Buffer.from(text);
    this.#sentCount += 1;
    for (const peer of this.#peers) this.#waiting.add(peer);
    sender?.send(sender.renderMessage(text));
  }

  take(peer: Peer, payload: Buffer): string | undefined {
    if (!this.#waiting.delete(peer) || !this.#text.equals(payload)) return UNEXPECTED;
    this.messages += 1;
    if (this.#waiting.size === 0 && !this.#isEnding) this.begin();
    return undefined;
  }

  end(): void {
    this.#isEnding = true;
  }
}

function messageOf(scene: Scene, number: number): string {
  return `${scene} ${number} `.padEnd(MESSAGE_BYTES, 'x');
}
