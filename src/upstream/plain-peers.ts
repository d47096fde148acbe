/** Peers that take turns, whatever becomes of them. */

import type { UpstreamServer } from '../config/model/upstream.ts';
import type { Peer, PeerChoice, PeerGroup } from './peer-choice.ts';

export class PlainPeers implements PeerGroup {
  readonly name: string;
  readonly queue = undefined;
  readonly #peers: readonly Peer[];
  #turn = 0;

  constructor(name: string, servers: readonly Pick<UpstreamServer, 'host' | 'port' | 'isUnix'>[]) {
    this.name = name;
    this.#peers = servers.map(peerOf);
  }

  choose(): PeerChoice {
    const peers = this.#peers;
    let left = peers.length;
    return {
      get triesLeft() {
        return left;
      },
      next: () => {
        if (left === 0) {
          return undefined;
        }
        left -= 1;
        this.#turn = (this.#turn + 1) % peers.length;
        return peers[this.#turn];
      },
      onConnected: () => undefined,
      onHead: () => undefined,
      release: () => false,
      setCookie: undefined,
    };
  }
}

function peerOf({ host, port, isUnix }: Pick<UpstreamServer, 'host' | 'port' | 'isUnix'>): Peer {
  if (isUnix) {
    return { name: `unix:${host}`, address: { path: host }, host };
  }
  const shown = host.includes(':') ? `[${host}]` : host;
  return { name: `${shown}:${port}`, address: { host, port }, host };
}
