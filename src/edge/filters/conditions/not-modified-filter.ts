/** Answers that the client's copy is still good, or that its condition fails, whoever has answered: the first of the filters, so that no body is worked on in vain. */

import type { Scope } from '../../../config/model/scope.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { ConditionRule, Validators } from '../../handlers/static/conditional.ts';
import { checkPreconditions } from '../../handlers/static/conditional.ts';
import { parseHttpDate } from '../../handlers/static/dates.ts';
import { RequestFields } from '../../handlers/static/request-fields.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';
import type { Filter } from '../../pipeline/route.ts';

/** One object for all requests: nothing of it is kept after a filter has returned. */
const asked = new RequestFields();

export function compileNotModified({ files }: Pick<Scope, 'files'>, { clock }: { readonly clock: Clock }): Filter {
  const rule: ConditionRule = { ifModifiedSince: files.ifModifiedSince, needsAll: true };
  return (answer, route) => {
    if (answer.status !== 200 || answer.isProxied) {
      return undefined;
    }
    asked.read(route.request.block);
    if (!asked.isConditional) {
      return undefined;
    }
    const nowMs = clock.nowMs();
    switch (checkPreconditions(asked, validatorsOf(answer, nowMs), { rule, nowMs })) {
      case 'not-modified':
        answer.status = 304;
        answer.reason = undefined;
        answer.fields = answer.fields.without('content-type', 'content-encoding', 'accept-ranges');
        answer.takesRanges = false;
        break;
      case 'failed':
        answer.refusal = { status: 412, fields: NO_FIELDS };
        break;
      case 'proceed':
    }
    return undefined;
  };
}

/** Without a time of its own a response has been modified since any. */
function validatorsOf({ fields }: Answer, nowMs: number): Validators {
  const lastModified = fields.get('last-modified') ?? '';
  return {
    etag: fields.get('etag') ?? '',
    modifiedS: parseHttpDate(lastModified, nowMs) ?? Number.POSITIVE_INFINITY,
    lastModified,
  };
}
