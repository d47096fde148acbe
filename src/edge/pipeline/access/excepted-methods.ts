/** `limit_except`: the methods for which a location's own rules do not hold. */

import type { Scope } from '../../../config/model/scope.ts';

/** Undefined: there are none. GET stands for HEAD as well. */
export function compileExceptedMethods({ exceptMethods }: Scope): ((method: string) => boolean) | undefined {
  if (exceptMethods === undefined) {
    return undefined;
  }
  const allowed = new Set(exceptMethods.methods);
  if (allowed.has('GET')) {
    allowed.add('HEAD');
  }
  return (method) => !allowed.has(method);
}
