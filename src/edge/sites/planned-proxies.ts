/** What a plan needs to ask other servers. Loaded only where a model has content that does. */

import type { ProxyContent } from '../../config/model/proxying.ts';
import { systemClock } from '../../kernel/clock.ts';
import { BlockPool } from '../../relay/body/block-pool.ts';
import { PLAIN_CONNECTION } from '../../upstream/peers/health/probe.ts';
import type { TlsClients } from '../../upstream/tls/tls-clients.ts';
import { compileProbe } from '../handlers/proxy/compile-probe.ts';
import { PlanUpstreams } from '../handlers/proxy/plan-upstreams.ts';
import { compileProxy } from '../handlers/proxy/proxy-content.ts';
import type { Compilation } from '../pipeline/compilation.ts';
import type { Produce } from '../pipeline/route.ts';
import { namesBy, plannedUpstreams } from './planned-upstreams.ts';
import type { PlanningParts } from './sites-parts.ts';

export type ProxyCompiler = (content: ProxyContent, compilation: Compilation) => Produce;

/** Of this thread, whichever plans come and go. */
const BLOCKS = new BlockPool();

/** `Clients`: the code that speaks TLS with servers; undefined where the model has no use for it. */
export function proxyCompiler(planning: PlanningParts, Clients: typeof TlsClients | undefined): ProxyCompiler {
  const { model, budgets, bugs } = planning;
  const tlsClients = Clients && new Clients(model.upstreamTls ?? {}, () => systemClock.monotonicMs());
  const { groups } = plannedUpstreams(
    model.upstreams,
    'http',
    planning,
    (upstream, check) => compileProbe(upstream, check, model, tlsClients) ?? PLAIN_CONNECTION,
  );
  const upstreams = new PlanUpstreams({
    model,
    groups,
    namesBy: (resolver) => namesBy(model, resolver, planning.log),
    connections: { clock: systemClock, onBug: (error) => bugs.note('an upstream connection', error) },
  });
  planning.lifetime.add(upstreams);
  const parts = {
    upstreams,
    clock: systemClock,
    tlsClients,
    room: { space: budgets.space, memory: budgets.memory.bodies, blocks: BLOCKS },
  };
  return (content, compilation) => compileProxy(content, compilation, parts);
}
