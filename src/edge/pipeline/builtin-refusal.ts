/** What is answered to a refused request where no error page of the configuration is: nginx's short page, or a page of ours. */

import type { ResponseHead } from '../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { errorHead } from '../pages/error-pages.ts';
import { nginxPage } from './nginx-page.ts';
import type { PipelineServices } from './pipeline-services.ts';
import type { Route } from './route.ts';

export interface RefusalAnswer {
  readonly head: ResponseHead;
  /** latin-1. */
  readonly body: string | undefined;
}

/** What is left to read of such a request is not to be trusted, or not to be waited for. */
const CLOSING: ReadonlySet<number> = new Set([400, 413, 414, 494, 495, 496, 497, 500, 501]);
/** Refused before anything is asked of the connection, as in nginx. */
const TRACE = 'TRACE';

export function builtinRefusal(
  route: Route,
  refusal: { readonly status: number; readonly fields: ResponseFields; readonly detail: string | undefined },
  services: PipelineServices,
): RefusalAnswer {
  const { status, fields, detail } = refusal;
  const { refusals, serverField } = route.scope.model;
  const closes = CLOSING.has(status) || route.exchange.method === TRACE;
  if (refusals.style === 'portico') {
    const page = services.renderRefusal(route.exchange, status, detail);
    return { head: { ...errorHead(status, page, fields), closes }, body: page.body };
  }
  const page = nginxPage(status, serverField, refusals.pads && isPadded(route));
  const type = page.body === '' ? '' : 'Content-Type: text/html\r\n';
  return {
    head: { status: page.status, reason: page.reason, fields: fieldsOf(type, false).and(fields), closes },
    body: page.body,
  };
}

const PADDED = /MSIE |Chrome\//;

function isPadded({ exchange }: Route): boolean {
  return PADDED.test(exchange.block.get('user-agent') ?? '');
}
