/** The upstreams of a plan, each with its peers and its idle connections, in one edge thread. */

import { isIP } from 'node:net';
import type { EdgeModel } from '../../../config/model/server-model.ts';
import type { UpstreamId, UpstreamKeepAlive, UpstreamServer } from '../../../config/model/upstream.ts';
import type { AttemptParts } from '../../../upstream/attempt.ts';
import { ConnectionPool } from '../../../upstream/connections/connection-pool.ts';
import type { ConnectionParts } from '../../../upstream/connections/upstream-connection.ts';
import type { PeerGroup } from '../../../upstream/peer-choice.ts';
import { PlainPeers } from '../../../upstream/plain-peers.ts';

export interface UpstreamOfPlan {
  readonly name: string;
  readonly peers: PeerGroup;
  readonly parts: AttemptParts;
}

/** Upstreams that texts of requests have come to: somebody may have as many names as there are clients. */
const NAMED_MAX = 1000;

export class PlanUpstreams {
  readonly #model: Pick<EdgeModel, 'upstreams'>;
  readonly #groups: readonly PeerGroup[];
  readonly #parts: ConnectionParts;
  readonly #made = new Map<UpstreamId, UpstreamOfPlan>();
  readonly #byText = new Map<string, UpstreamOfPlan>();

  /** `groups`: of the upstreams of the model. */
  constructor(model: Pick<EdgeModel, 'upstreams'>, groups: readonly PeerGroup[], parts: ConnectionParts) {
    this.#model = model;
    this.#groups = groups;
    this.#parts = parts;
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
    const pool = new ConnectionPool(keepAlive, this.#parts.clock);
    return { name, peers, parts: { ...this.#parts, pool } };
  }

  /** The upstream of this name, or of the one server that the text is. A text says why there is none. */
  named(text: string, port: number | undefined): UpstreamOfPlan | string {
    const lower = text.toLowerCase();
    const id = this.#model.upstreams.findIndex(({ name, isImplicit }) => !isImplicit && name.toLowerCase() === lower);
    if (id !== -1) {
      return this.of(id);
    }
    const key = `${text} ${port ?? ''}`;
    const known = this.#byText.get(key);
    if (known !== undefined) {
      return known;
    }
    const server = serverOf(text, port);
    if (typeof server === 'string') {
      return server;
    }
    const fresh = this.#newUpstream(text, new PlainPeers(text, [server]), undefined);
    if (this.#byText.size >= NAMED_MAX) {
      this.#byText.clear();
    }
    this.#byText.set(key, fresh);
    return fresh;
  }
}

type Address = Pick<UpstreamServer, 'host' | 'port' | 'isUnix'>;

function serverOf(text: string, usualPort: number | undefined): Address | string {
  if (text.startsWith('unix:')) {
    return { host: text.slice('unix:'.length), port: 0, isUnix: true };
  }
  const [, bracketed, plain = '', said] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = said === undefined ? usualPort : Number(said);
  if (port === undefined) {
    return `no port in upstream "${text}"`;
  }
  return isIP(host) === 0 ? `no resolver defined to resolve ${host}` : { host, port, isUnix: false };
}
