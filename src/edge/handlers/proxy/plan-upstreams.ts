/** The upstreams of a plan, each with its peers and its idle connections, in one edge thread. */

import type { EdgeModel } from '../../../config/model/server-model.ts';
import type { UpstreamId, UpstreamKeepAlive, UpstreamServer } from '../../../config/model/upstream.ts';
import { readUpstreamAddress, withoutBrackets } from '../../../config/upstream-address.ts';
import type { AttemptParts } from '../../../upstream/attempt.ts';
import { ConnectionPool } from '../../../upstream/connections/connection-pool.ts';
import type { ConnectionParts } from '../../../upstream/connections/upstream-connection.ts';
import { OnePeer } from '../../../upstream/one-peer.ts';
import type { PeerGroup } from '../../../upstream/peer-choice.ts';
import { isAddress } from '../../../upstream/resolver/is-address.ts';
import type { NameCache } from '../../../upstream/resolver/name-cache.ts';
import { NamedPeers } from '../../../upstream/resolver/named-peers.ts';
import { escapeLog } from '../../access-log/line.ts';

export interface UpstreamOfPlan {
  readonly name: string;
  readonly peers: PeerGroup;
  readonly parts: AttemptParts;
}

/** Upstreams that texts of requests have come to: somebody may have as many names as there are clients. */
const NAMED_MAX = 1000;

export interface PlanUpstreamsParts {
  readonly model: Pick<EdgeModel, 'upstreams'>;
  /** Of the upstreams of the model. */
  readonly groups: readonly PeerGroup[];
  /** By index of the resolver in the model. */
  readonly namesBy: (resolver: number) => NameCache;
  readonly connections: ConnectionParts;
}

export class PlanUpstreams {
  readonly #model: Pick<EdgeModel, 'upstreams'>;
  readonly #groups: readonly PeerGroup[];
  readonly #namesBy: (resolver: number) => NameCache;
  readonly #parts: ConnectionParts;
  readonly #made = new Map<UpstreamId, UpstreamOfPlan>();
  readonly #byText = new Map<string, UpstreamOfPlan>();

  constructor({ model, groups, namesBy, connections }: PlanUpstreamsParts) {
    this.#model = model;
    this.#groups = groups;
    this.#namesBy = namesBy;
    this.#parts = connections;
  }

  of(id: UpstreamId): UpstreamOfPlan {
    const known = this.#made.get(id);
    if (known !== undefined) {
      return known;
    }
    const model = this.#model.upstreams[id];
    const peers = this.#groups[id];
    if (model === undefined || peers === undefined) {
      throw new Error(`the model has no upstream ${id}`);
    }
    const fresh = this.#newUpstream(model.name, peers, model.keepAlive);
    this.#made.set(id, fresh);
    return fresh;
  }

  #newUpstream(name: string, peers: PeerGroup, keepAlive: UpstreamKeepAlive | undefined): UpstreamOfPlan {
    const pool = new ConnectionPool(keepAlive, this.#parts.clock, peers);
    return { name, peers, parts: { ...this.#parts, pool } };
  }

  begin(): void {
    // Connections are opened by requests.
  }

  /** The last request of the plan is over: nobody takes the connections that wait for another. */
  close(): void {
    for (const { parts } of this.#made.values()) {
      parts.pool.close();
    }
  }

  /** The upstream of this name, or of the one server that the text is. A text says why there is none, and may be logged. */
  named(text: string, port: number | undefined, resolver: number | undefined): UpstreamOfPlan | string {
    const id = this.#find(text.toLowerCase(), port);
    if (id !== -1) {
      return this.of(id);
    }
    const key = `${text} ${port ?? ''} ${resolver ?? ''}`;
    const known = this.#byText.get(key);
    if (known !== undefined) {
      return known;
    }
    const server = serverOf(text, port);
    if (typeof server === 'string') {
      return server;
    }
    if (!server.isUnix && !isAddress(server.host) && resolver === undefined) {
      return `no resolver defined to resolve ${escapeLog(server.host)}`;
    }
    const fresh = this.#newUpstream(text, this.#peersOf(text, server, resolver), undefined);
    if (this.#byText.size >= NAMED_MAX) {
      this.#byText.clear();
    }
    this.#byText.set(key, fresh);
    return fresh;
  }

  #peersOf(text: string, server: Address, resolver: number | undefined): PeerGroup {
    return resolver === undefined || server.isUnix || isAddress(server.host)
      ? new OnePeer(text, server)
      : new NamedPeers(
          { name: text, host: server.host, loggedHost: escapeLog(server.host.toLowerCase()), port: server.port },
          this.#namesBy(resolver),
        );
  }

  /** A server that another location names by itself is an upstream too, as with nginx: its name was looked up at the start. */
  #find(lower: string, usualPort: number | undefined): number {
    const said = /:(\d+)$/.exec(lower)?.[1];
    const port = said === undefined ? usualPort : Number(said);
    return this.#model.upstreams.findIndex(
      ({ name, isImplicit, servers }) =>
        name.toLowerCase() === lower && (!isImplicit || servers[0]?.isUnix === true || servers[0]?.port === port),
    );
  }
}

type Address = Pick<UpstreamServer, 'host' | 'port' | 'isUnix'>;

/** As strict as files of the configuration are read: a client may have said it. */
function serverOf(text: string, usualPort: number | undefined): Address | string {
  const read = readUpstreamAddress(text);
  if (!read.ok) {
    return `${read.fault} in upstream "${escapeLog(text)}"`;
  }
  const { host, isUnix, port = usualPort } = read.value;
  if (port === undefined && !isUnix) {
    return `no port in upstream "${escapeLog(text)}"`;
  }
  return { host: withoutBrackets(host), port: port ?? 0, isUnix };
}
