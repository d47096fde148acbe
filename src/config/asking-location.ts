/** Which location of a model asks the servers of an upstream: health checks ask them as it does. */

import type { Content } from './model/content.ts';
import type { ProxyContent, ProxyPolicy } from './model/proxying.ts';
import type { EdgeModel, Location, ServerModel } from './model/server-model.ts';
import type { Upstream } from './model/upstream.ts';

export interface AskingLocation {
  readonly content: ProxyContent;
  readonly policy: ProxyPolicy;
  /** Of its files, where that is no variable; '' otherwise. */
  readonly root: string;
}

type Places = Pick<EdgeModel, 'sites' | 'upstreams' | 'proxyPolicies' | 'scopes'>;

/** `policy`: the content has this one; undefined: it is the first. */
export function findAskingLocation(
  model: Places,
  upstream: Upstream,
  policy: number | undefined,
): AskingLocation | undefined {
  const id = model.upstreams.indexOf(upstream);
  const asks = (content: Content): content is ProxyContent =>
    content.kind === 'proxy' &&
    content.to.kind === 'upstream' &&
    content.to.upstream === id &&
    (policy === undefined || content.policy === policy);
  for (const place of placesOf(model)) {
    const { content } = place;
    const found = asks(content) ? model.proxyPolicies[content.policy] : undefined;
    if (found !== undefined && asks(content)) {
      const path = model.scopes[place.scope]?.files.path;
      return { content, policy: found, root: typeof path === 'string' ? path : '' };
    }
  }
  return undefined;
}

/** Where a check asks as the first location does that passes requests on, nothing need be said of that; portico.toml has no words for any other. */
export function withFirstAsking(model: ServerModel): ServerModel {
  const upstreams = model.upstreams.map((upstream) => {
    const { healthCheck } = upstream;
    if (healthCheck?.policy === undefined) {
      return upstream;
    }
    const { policy, ...check } = healthCheck;
    const first = findAskingLocation(model, upstream, undefined)?.content.policy;
    return first === policy ? { ...upstream, healthCheck: check } : upstream;
  });
  return { ...model, upstreams };
}

type Place = Pick<Location, 'scope' | 'content'>;

function* placesOf({ sites }: Places): Generator<Place> {
  for (const site of sites) {
    yield site;
    yield* below(site.locations);
  }
}

function* below(locations: readonly Location[]): Generator<Place> {
  for (const location of locations) {
    yield location;
    yield* below(location.locations);
  }
}
