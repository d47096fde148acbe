/** The access phase: addresses, passwords and the answer of a subrequest, all of which must let a request in, or one of them (`satisfy any`). Subrequests are let in. */

import type { AccessRules, Scope } from '../../../config/model/scope.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { Compilation } from '../compilation.ts';
import type { Route, Step } from '../route.ts';
import type { Verdict } from '../verdict.ts';
import { VERDICT } from '../verdict.ts';
import type { AccessCheck, AccessResult } from './access-check.ts';
import { compileAddresses } from './addresses.ts';
import { compileAuthRequest } from './auth-request.ts';
import { compileBasicAuth } from './basic-auth.ts';
import { compileExceptedMethods } from './excepted-methods.ts';

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

export function compileAccess(scope: Scope, compilation: Compilation): Step | undefined {
  const own = scope.access && compileRules(scope.access, compilation);
  const { exceptMethods } = scope;
  const isExcepted = compileExceptedMethods(scope);
  if (exceptMethods === undefined || isExcepted === undefined) {
    return own;
  }
  const others = compileRules(exceptMethods.access, compilation);
  return (route) => {
    const step = isExcepted(route.method) ? others : own;
    return step?.(route) ?? VERDICT.proceed;
  };
}

function compileRules(rules: AccessRules, compilation: Compilation): Step | undefined {
  const addresses = compileAddresses(rules);
  const others = [compileBasicAuth(rules, compilation), compileAuthRequest(rules, compilation)].filter(
    (check): check is AccessCheck => check !== undefined,
  );
  if (others.length === 0) {
    return addresses && ((route) => (route.main === route ? verdictOf(addresses(route, NEVER_LATE)) : VERDICT.proceed));
  }
  const checks = addresses === undefined ? others : [addresses, ...others];
  const { satisfies, delayMs } = rules;
  return (route) =>
    route.main === route ? new AccessRun(route, checks, satisfies === 'any', delayMs).go() : VERDICT.proceed;
}

/** Addresses alone need no run: they are answered at once, and `satisfy` makes no difference. */
function verdictOf(result: AccessResult): Verdict {
  return typeof result === 'number' ? result : VERDICT.proceed;
}

const NEVER_LATE = (): void => undefined;

class AccessRun {
  readonly #route: Route;
  readonly #checks: readonly AccessCheck[];
  readonly #needsOne: boolean;
  readonly #delayMs: number;
  #at = 0;
  /** What the request is refused with, if nobody lets it in. */
  #refusal = 0;

  constructor(route: Route, checks: readonly AccessCheck[], needsOne: boolean, delayMs: number) {
    this.#route = route;
    this.#checks = checks;
    this.#needsOne = needsOne;
    this.#delayMs = delayMs;
  }

  go(): Verdict {
    for (;;) {
      const check = this.#checks[this.#at];
      if (check === undefined) {
        return this.#refusal === 0 ? VERDICT.proceed : this.#refuse(this.#refusal);
      }
      this.#at += 1;
      const result = check(this.#route, (later) => this.#resume(later));
      if (result === 'pending') {
        return VERDICT.pending;
      }
      const verdict = this.#heed(result);
      if (verdict !== undefined) {
        return verdict;
      }
    }
  }

  #resume(result: Exclude<AccessResult, 'pending'>): void {
    this.#route.resume(this.#heed(result) ?? this.go());
  }

  /** Undefined: the next check is asked. */
  #heed(result: Exclude<AccessResult, 'pending'>): Verdict | undefined {
    if (result === 'silent') {
      return undefined;
    }
    if (!this.#needsOne) {
      return result === 'granted' ? undefined : this.#refuse(result);
    }
    if (result === 'granted') {
      // The challenge of a check before is not to stand in the response.
      this.#route.refuseWith(UNAUTHORIZED, NO_FIELDS);
      return VERDICT.proceed;
    }
    if (result !== FORBIDDEN && result !== UNAUTHORIZED) {
      return result;
    }
    // Who may still come in with a password is told so.
    this.#refusal = this.#refusal === UNAUTHORIZED ? UNAUTHORIZED : result;
    return undefined;
  }

  #refuse(status: number): Verdict {
    if (status !== UNAUTHORIZED || this.#delayMs === 0) {
      return status;
    }
    const timer = setTimeout(() => this.#route.resume(status), this.#delayMs);
    this.#route.main.whenOver(() => clearTimeout(timer));
    return VERDICT.pending;
  }
}
