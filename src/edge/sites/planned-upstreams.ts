/** The upstreams of a plan, with what the thread has for them. Loaded only where a model has some. */

import type { Upstream } from '../../config/model/upstream.ts';
import { systemClock } from '../../kernel/clock.ts';
import { UpstreamGroups } from '../../upstream/peers/upstream-groups.ts';
import { systemLookup } from '../../upstream/resolver/system-names.ts';
import { sessionsOf } from '../pipeline/zones.ts';
import type { SitesParts } from './sites-parts.ts';

export function plannedUpstreams(
  upstreams: readonly Upstream[],
  kind: 'http' | 'stream',
  parts: SitesParts,
): UpstreamGroups {
  const { model, zones, peers, thread, names, lifetime, log } = parts;
  const groups = new UpstreamGroups({
    ...{ upstreams, kind, thread, names, log },
    memory: peers,
    sessions: sessionsOf(model, zones),
    lookup: systemLookup,
    clock: systemClock,
  });
  lifetime.add(groups);
  return groups;
}
