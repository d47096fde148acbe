/** `return`: a text, a redirect, a refusal, or the end of the connection. */

import type { Instruction } from '../../../config/model/instruction.ts';
import { forbidsBody } from '../../../protocol/http/bodiless-status.ts';
import { fieldsOfLines, makeLine, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { Compilation } from '../compilation.ts';
import { mediaTypeOf } from '../media-type.ts';
import { renderTemplate } from '../render-template.ts';
import type { Step } from '../route.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const FIRST_REFUSAL = 400;

export function compileReturn(
  { status, body }: Extract<Instruction, { readonly kind: 'return' }>,
  compilation: Compilation,
): Step {
  const template = compilation.template(body ?? '');
  if (REDIRECTS.has(status)) {
    return (route) => route.redirect(status, renderTemplate(template, route));
  }
  if (status >= FIRST_REFUSAL && template === '') {
    return () => status;
  }
  return (route) => {
    // The text may have the status in it.
    route.sent.status = route.errorStatus || status;
    const text = renderTemplate(template, route);
    // What has no body has no type either.
    const fields = forbidsBody(status) ? NO_FIELDS : fieldsOfLines([makeLine('Content-Type', mediaTypeOf(route))]);
    return route.answer({ status, reason: undefined, fields }, text);
  };
}
