/** `limit_conn`: how many requests of one key may be under way. Once for each request of a client, until it is over. */

import type { Scope } from '../../../config/model/scope.ts';
import type { ConnectionLimit } from '../../../kernel/zones/limit-connections.ts';
import { limitConnections, releaseHeld } from '../../../kernel/zones/limit-connections.ts';
import type { Compilation } from '../compilation.ts';
import { renderTemplate } from '../render-template.ts';
import type { Step } from '../route.ts';
import { VERDICT } from '../verdict.ts';

const STATUS = 'limit_conn_status';

export function compileConnectionCounts({ connectionCounts }: Scope, compilation: Compilation): Step | undefined {
  if (connectionCounts === undefined || connectionCounts.counts.length === 0) {
    return undefined;
  }
  const { manner } = connectionCounts;
  const zones = connectionCounts.counts.map(({ zone }) => compilation.zones.counts(zone));
  const limits = connectionCounts.counts.map(
    ({ zone, max }): ConnectionLimit => ({ counts: compilation.zones.counts(zone).counts, max }),
  );
  const said = compilation.variable(STATUS);
  const say = compilation.setter(STATUS);
  return (route) => {
    if (said(route) !== undefined) {
      return VERDICT.proceed;
    }
    const verdict = limitConnections(
      limits,
      zones.map(({ key }) => renderTemplate(key, route)),
    );
    switch (verdict.kind) {
      case 'unlimited':
        return VERDICT.proceed;
      case 'passed':
        say(route, 'PASSED');
        route.main.whenOver(() => releaseHeld(verdict.held));
        return VERDICT.proceed;
      case 'rejected':
        say(route, manner.isDry ? 'REJECTED_DRY_RUN' : 'REJECTED');
        route.log(
          manner.logLevel,
          `limiting connections${manner.isDry ? ', dry run,' : ''} by zone "${zones[verdict.limit]?.name ?? ''}"`,
        );
        return manner.isDry ? VERDICT.proceed : manner.status;
    }
  };
}
