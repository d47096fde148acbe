/** The upstreams of a plan, with what the thread has for them. Loaded only where a model has some. */

import type { EdgeModel } from '../../config/model/server-model.ts';
import type { HealthCheck, Upstream } from '../../config/model/upstream.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Asked } from '../../upstream/peers/health/probe.ts';
import { UpstreamGroups } from '../../upstream/peers/upstream-groups.ts';
import { LastAnswers } from '../../upstream/resolver/last-answers.ts';
import type { NameCache } from '../../upstream/resolver/name-cache.ts';
import { systemLookup } from '../../upstream/resolver/system-names.ts';
import { sessionsOf } from '../pipeline/zones.ts';
import { NAMES } from '../shared/names.ts';
import type { SitesParts } from './sites-parts.ts';

export function plannedUpstreams(
  upstreams: readonly Upstream[],
  kind: 'http' | 'stream',
  parts: SitesParts,
  probeOf: (upstream: Upstream, check: HealthCheck) => Asked,
): UpstreamGroups {
  const { model, zones, peers, thread, names, lifetime, bugs, log } = parts;
  const groups = new UpstreamGroups({
    ...{ upstreams, kind, thread, names, probeOf, log },
    memory: peers,
    sessions: sessionsOf(model, zones),
    lookup: systemLookup,
    namesBy: (resolver) => namesBy(model, resolver, log),
    last: LAST,
    clock: systemClock,
    connections: { clock: systemClock, onBug: (error) => bugs.note('a health check', error) },
  });
  lifetime.add(groups);
  parts.upstreams.set(kind, groups.groups);
  return groups;
}

/** Of this thread, whichever plans come and go. */
const LAST = new LastAnswers();

/** Who looks up names by a resolver of the model. `log`: of the thread. */
export function namesBy({ resolvers }: Pick<EdgeModel, 'resolvers'>, index: number, log: SitesParts['log']): NameCache {
  const rules = resolvers[index];
  if (rules === undefined) {
    throw new Error(`the model has no resolver ${index}`);
  }
  return NAMES.of(rules, (text) => log('error', text));
}
