/** The servers of an upstream by turns: each once for a session. */

import type { Upstream } from '../../config/model/upstream.ts';
import type { Peer, PeerGroup } from '../../upstream/peer-choice.ts';

export function turnsOf({ name, servers }: Upstream): PeerGroup {
  const peers = servers.map(
    ({ host, port, isUnix }): Peer => ({
      name: isUnix ? `unix:${host}` : `${host.includes(':') ? `[${host}]` : host}:${port}`,
      host,
      address: isUnix ? { path: host } : { host, port },
    }),
  );
  let turn = 0;
  return {
    name,
    queue: undefined,
    choose: () => {
      const first = turn;
      turn = (turn + 1) % Math.max(1, peers.length);
      let tried = 0;
      return {
        get triesLeft() {
          return peers.length - tried;
        },
        next: () => {
          const peer = tried < peers.length ? peers[(first + tried) % peers.length] : undefined;
          tried += 1;
          return peer;
        },
        onHead: () => undefined,
        release: () => false,
        setCookie: undefined,
      };
    },
  };
}
