/** `return`: a text, a redirect, a refusal, or the end of the connection. */

import type { Instruction } from '../../../config/model/instruction.ts';
import { isRedirect } from '../../../config/model/redirect-status.ts';
import { forbidsBody } from '../../../protocol/http/bodiless-status.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOfLines, makeLine, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { Compilation } from '../compilation.ts';
import { mediaTypeOf } from '../media-type.ts';
import { renderTemplate } from '../render-template.ts';
import type { Route, Step } from '../route.ts';

const FIRST_REFUSAL = 400;

export function compileReturn(
  { status, body }: Pick<Extract<Instruction, { readonly kind: 'return' }>, 'status' | 'body'>,
  compilation: Compilation,
): Step {
  const template = compilation.template(body ?? '');
  if (isRedirect(status)) {
    return (route) => route.redirect(status, renderTemplate(template, route));
  }
  if (status >= FIRST_REFUSAL && template === '') {
    return () => status;
  }
  const headFor = newHeads(status);
  return (route) => {
    // The text may have the status in it.
    route.sent.status = route.errorStatus || status;
    const text = renderTemplate(template, route);
    return route.answer(headFor(route), text);
  };
}

/** One object as long as the type is the same: what edits and renders heads remembers it by that. */
function newHeads(status: number): (route: Route) => ResponseHead {
  // What has no body has no type either.
  const bare: ResponseHead = { status, reason: undefined, fields: NO_FIELDS };
  let type: string | undefined;
  let head = bare;
  return (route) => {
    const wanted = forbidsBody(status) ? undefined : mediaTypeOf(route);
    if (wanted !== type) {
      type = wanted;
      head =
        wanted === undefined || wanted === ''
          ? bare
          : { ...bare, fields: fieldsOfLines([makeLine('Content-Type', wanted)]) };
    }
    return head;
  };
}
