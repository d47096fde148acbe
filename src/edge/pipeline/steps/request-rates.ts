/** `limit_req`: a request is let through, held back for a while, or refused, by how fast those of its key come. Once for each request of a client. */

import type { LimitManner } from '../../../config/model/access.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { ErrorLevel } from '../../../kernel/error-line.ts';
import type { RequestLimit, RequestVerdict } from '../../../kernel/zones/limit-requests.ts';
import { limitRequest, renderExcess } from '../../../kernel/zones/limit-requests.ts';
import type { Compilation } from '../compilation.ts';
import { renderTemplate } from '../render-template.ts';
import type { Route, Step } from '../route.ts';
import type { Verdict } from '../verdict.ts';
import { VERDICT } from '../verdict.ts';
import type { RateZone } from '../zones.ts';

/** Zones count thousandths of a request. */
const REQUEST = 1000;
const STATUS = 'limit_req_status';

/** A delay is told with one level less than a refusal. */
const DELAY_LEVELS: Readonly<Record<LimitManner['logLevel'], ErrorLevel>> = {
  error: 'warn',
  warn: 'notice',
  notice: 'info',
  info: 'info',
};

export function compileRequestRates({ requestRates }: Scope, compilation: Compilation): Step | undefined {
  if (requestRates === undefined || requestRates.rates.length === 0) {
    return undefined;
  }
  const { manner } = requestRates;
  const zones = requestRates.rates.map(({ zone }) => compilation.zones.rates(zone));
  const limits = requestRates.rates.map(({ burst, delayAfter }, index): RequestLimit => {
    const { rates, rate } = zones[index] ?? never();
    return {
      rates,
      rate,
      burst: burst * REQUEST,
      delay: delayAfter === 'all' ? Infinity : delayAfter * REQUEST,
    };
  });
  const said = compilation.variable(STATUS);
  const say = compilation.setter(STATUS);
  return (route) => {
    if (said(route) !== undefined) {
      return VERDICT.proceed;
    }
    const keys = zones.map(({ key }) => renderTemplate(key, route));
    const verdict = limitRequest(limits, keys, Math.floor(compilation.clock.monotonicMs()));
    return heed(verdict, { route, zones, manner, say });
  };
}

function never(): never {
  throw new Error('each rate has its zone');
}

interface Limited {
  readonly route: Route;
  readonly zones: readonly RateZone[];
  readonly manner: LimitManner;
  readonly say: (route: Route, status: string) => void;
}

function heed(verdict: RequestVerdict, { route, zones, manner, say }: Limited): Verdict {
  const dry = manner.isDry ? ', dry run' : '';
  switch (verdict.kind) {
    case 'unlimited':
      return VERDICT.proceed;
    case 'passed':
      say(route, 'PASSED');
      return VERDICT.proceed;
    case 'rejected':
      say(route, manner.isDry ? 'REJECTED_DRY_RUN' : 'REJECTED');
      route.log(
        manner.logLevel,
        `limiting requests${dry}, excess: ${renderExcess(verdict.excess)} by zone "${zones[verdict.limit]?.name ?? ''}"`,
      );
      return manner.isDry ? VERDICT.proceed : manner.status;
    case 'delayed':
      say(route, manner.isDry ? 'DELAYED_DRY_RUN' : 'DELAYED');
      route.log(
        DELAY_LEVELS[manner.logLevel],
        `delaying request${dry}, excess: ${renderExcess(verdict.excess)}, by zone "${zones[verdict.limit]?.name ?? ''}"`,
      );
      return manner.isDry ? VERDICT.proceed : delay(route, verdict.delayMs);
  }
}

function delay(route: Route, delayMs: number): Verdict {
  const timer = setTimeout(() => route.resume(VERDICT.proceed), delayMs);
  route.main.whenOver(() => clearTimeout(timer));
  return VERDICT.pending;
}
