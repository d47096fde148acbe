/** `auth_request`: a subrequest decides. 2xx lets the request in, 401 and 403 are passed on, anything else is an error of the configuration or of who was asked. */

import type { AccessRules } from '../../../config/model/scope.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOfLines } from '../../../protocol/http/response-fields.ts';
import type { Compilation } from '../compilation.ts';
import { splitQuery } from '../error-page.ts';
import { renderTemplate } from '../render-template.ts';
import type { CompiledTemplate, Route, Subrequest } from '../route.ts';
import type { AccessCheck, AccessResult } from './access-check.ts';

interface CompiledSet {
  readonly value: CompiledTemplate;
  readonly set: (route: Route, value: string) => void;
}

export function compileAuthRequest({ request }: AccessRules, compilation: Compilation): AccessCheck | undefined {
  if (request === undefined) {
    return undefined;
  }
  const uri = compilation.template(request.uri);
  const sets = request.sets.map(
    ({ variable, value }): CompiledSet => ({ value: compilation.template(value), set: compilation.setter(variable) }),
  );
  return (route, done) => {
    let early: AccessResult | undefined;
    let hasReturned = false;
    const subrequest = route.startSubrequest({
      ...splitQuery(renderTemplate(uri, route)),
      onEnd: (ended) => {
        const result = heed(route, ended, sets);
        if (hasReturned) {
          done(result);
        } else {
          early = result;
        }
      },
    });
    hasReturned = true;
    return early ?? (subrequest === undefined ? 500 : 'pending');
  };
}

function heed(route: Route, subrequest: Subrequest, sets: readonly CompiledSet[]): Exclude<AccessResult, 'pending'> {
  const { head } = subrequest;
  for (const { value, set } of sets) {
    set(route, renderTemplate(value, subrequest.route));
  }
  const status = subrequest.isComplete ? (head?.status ?? 500) : 500;
  if (status >= 200 && status < 300) {
    return 'granted';
  }
  if (status === 403) {
    return status;
  }
  if (status === 401) {
    passOnChallenge(route, head);
    return status;
  }
  route.log('error', `auth request unexpected status: ${status}`);
  return 500;
}

function passOnChallenge(route: Route, head: ResponseHead | undefined): void {
  const challenges = head?.fields.lines.filter(({ lower }) => lower === 'www-authenticate') ?? [];
  route.refuseWith(401, fieldsOfLines(challenges));
}
