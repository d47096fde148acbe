/** Which location of a model asks the servers of an upstream, for what asks them as it does. */

import type { Content } from '../../../config/model/content.ts';
import type { ProxyContent, ProxyPolicy } from '../../../config/model/proxying.ts';
import type { EdgeModel, Location } from '../../../config/model/server-model.ts';
import type { Upstream } from '../../../config/model/upstream.ts';

export interface AskingLocation {
  readonly content: ProxyContent;
  readonly policy: ProxyPolicy;
  /** Of its files, where that is no variable; '' otherwise. */
  readonly root: string;
}

/** `policy`: the content has this one; undefined: it is the first. */
export function findAskingLocation(
  model: EdgeModel,
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

type Place = Pick<Location, 'scope' | 'content'>;

function* placesOf({ sites }: EdgeModel): Generator<Place> {
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
