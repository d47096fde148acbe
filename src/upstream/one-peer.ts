/** A server that a request has named, which is its only peer and of which nothing is kept. */

import type { UpstreamServer } from '../config/model/upstream.ts';
import { renderHostPort } from '../kernel/addresses/render-host.ts';
import type { Peer, PeerChoice, PeerGroup } from './peer-choice.ts';

export class OnePeer implements PeerGroup {
  readonly name: string;
  readonly queue = undefined;
  readonly #peer: Peer;

  constructor(name: string, server: Pick<UpstreamServer, 'host' | 'port' | 'isUnix'>) {
    this.name = name;
    this.#peer = peerOf(server);
  }

  choose(): PeerChoice {
    let left = 1;
    return {
      get triesLeft() {
        return left;
      },
      next: () => {
        const peer = left === 0 ? undefined : this.#peer;
        left = 0;
        return peer;
      },
      onConnected: () => undefined,
      onHead: () => undefined,
      release: () => false,
      setCookie: undefined,
    };
  }
}

function peerOf({ host, port, isUnix }: Pick<UpstreamServer, 'host' | 'port' | 'isUnix'>): Peer {
  return isUnix
    ? { name: `unix:${host}`, address: { path: host }, host }
    : { name: renderHostPort(host, port), address: { host, port }, host };
}
