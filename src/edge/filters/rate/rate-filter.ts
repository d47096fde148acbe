/** The filter that bounds how fast a response leaves: `limit_rate`, `limit_rate_after`, and the variable $limit_rate. */

import type { Scope } from '../../../config/model/scope.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { CompiledTemplate, Filter, Route } from '../../pipeline/route.ts';
import type { PaceTime } from './pace-writer.ts';
import { PaceWriter } from './pace-writer.ts';

export function compileRateLimit(scope: Scope, compilation: Compilation): Filter | undefined {
  const rate = compilation.template(scope.sending.rate ?? '');
  return typeof rate === 'string' && parseBytes(rate) === 0 ? undefined : limitTo(rate, scope, compilation);
}

/** In a scope without a rate: for requests that have one of their own, by `set $limit_rate` or a field of the server behind. */
export function compileOwnRate(scope: Scope, compilation: Compilation): Filter | undefined {
  return compileRateLimit(scope, compilation) === undefined ? limitTo('', scope, compilation) : undefined;
}

function limitTo(rate: CompiledTemplate, { sending }: Scope, compilation: Compilation): Filter {
  const rateAfter = compilation.template(sending.rateAfter ?? '');
  const time: PaceTime = {
    nowMs: () => compilation.clock.monotonicMs(),
    wait: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
  return (_answer, route) => {
    // Parts of a response leave with it.
    const bytesPerSecond = route.main === route ? (route.limitRate ?? bytesOf(rate, route)) : 0;
    if (bytesPerSecond === 0) {
      return undefined;
    }
    const after = bytesOf(rateAfter, route);
    return (next, before) => new PaceWriter({ bytesPerSecond, after }, time, next, before);
  };
}

function bytesOf(template: CompiledTemplate, route: Route): number {
  return parseBytes(typeof template === 'string' ? template : template(route));
}

const SIZE = /^(\d{1,15})([kKmMgG]?)$/;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** What is no size is no limit, as for nginx: it may come of a client's variable. */
export function parseBytes(text: string): number {
  const [, digits, unit = ''] = SIZE.exec(text) ?? [];
  return digits === undefined ? 0 : Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
}
