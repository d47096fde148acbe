/** The head of a request to a server that speaks HTTP, compiled of a policy: nginx's `proxy_method`, `proxy_set_header`, `proxy_set_body` and what they leave to the client. */

import type { ProxyPolicy } from '../../../config/model/proxying.ts';
import { isToken } from '../../../protocol/http/grammar.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { AskedPlace } from './asked-place.ts';
import { askedTarget } from './asked-target.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { asksForUpgrade, connectionOptions } from './connection-options.ts';
import { compilePassedFields } from './passed-fields.ts';
import type { NamedValue } from './set-fields.ts';
import { compileSetFields } from './set-fields.ts';

/** What a server is asked, but for the length of a body that the client sends. */
export interface AskedRequest extends ConnectionOptions {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly NamedValue[];
  /** In place of the client's: latin-1. Undefined: the client's, if `passesBody`. */
  readonly body: string | undefined;
}

/** A number: the status with which the request is refused, for a reason that the error log of the route has. */
export type AskRequest = (route: Route, place: AskedPlace, bodyLength: number | undefined) => AskedRequest | number;

/** A request that a client's text has made impossible is the client's fault (400); one that the configuration has, the server's. */
const BAD_REQUEST = 400;
const SERVER_ERROR = 500;

export function compileHttpRequest(
  { request }: Pick<ProxyPolicy, 'request'>,
  compilation: Pick<Compilation, 'template'>,
): AskRequest {
  const set = compileSetFields(request, compilation);
  const passed = request.passesFields ? compilePassedFields(set.names) : undefined;
  const options = compileOptions(set.connection, set.upgrade, request.httpVersion === '1.1');
  const method = request.method === undefined ? undefined : compilation.template(request.method);
  const body = request.body === undefined ? undefined : compilation.template(request.body);
  return (route, place) => {
    route.asked = place;
    const target = askedTarget(route, place);
    if (target === undefined) {
      route.log(
        'error',
        `the URI that "proxy_pass" comes to is empty, or has a space or a control character: "${escapeLog(place.uri ?? route.path)}"`,
      );
      return BAD_REQUEST;
    }
    const asked = (method === undefined ? '' : renderTemplate(method, route)) || route.method;
    if (!isToken(asked)) {
      route.log('error', `"proxy_method" comes to "${escapeLog(asked)}", which is no method`);
      return SERVER_ERROR;
    }
    const fields: NamedValue[] = [];
    if (!set.addTo(fields, route)) {
      route.log('error', `"proxy_set_header ${fields.at(-1)?.name ?? ''}" comes to a value with a control character`);
      return BAD_REQUEST;
    }
    if (passed !== undefined) {
      // Not `concat` or spread: this is done for each request.
      for (const field of passed(route.request.block)) {
        fields.push(field);
      }
    }
    const { keepsConnection, upgrade } = typeof options === 'function' ? options(route) : options;
    return {
      method: asked,
      target,
      fields,
      keepsConnection,
      upgrade: upgrade !== undefined && asksForUpgrade(route.exchange) ? upgrade : undefined,
      body: body === undefined ? undefined : renderTemplate(body, route),
    };
  };
}

function compileOptions(
  connection: CompiledTemplate | undefined,
  upgrade: CompiledTemplate | undefined,
  isPersistent: boolean,
): ConnectionOptions | ((route: Route) => ConnectionOptions) {
  if (typeof connection !== 'function' && typeof upgrade !== 'function') {
    return connectionOptions(connection, upgrade, isPersistent);
  }
  return (route) => connectionOptions(textOf(connection, route), textOf(upgrade, route), isPersistent);
}

function textOf(template: CompiledTemplate | undefined, route: Route): string | undefined {
  return template === undefined ? undefined : renderTemplate(template, route);
}
