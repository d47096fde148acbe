/** The head of a request to a server that speaks HTTP, compiled of a policy: nginx's `proxy_method`, `proxy_set_header`, `proxy_set_body` and what they leave to the client. */

import type { ProxyPolicy } from '../../../config/model/proxying.ts';
import { isToken } from '../../../protocol/http/grammar.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import { AskedMemo } from './asked-memo.ts';
import type { AskedPlace } from './asked-place.ts';
import type { AskedRequest, AskRequest } from './asked-request.ts';
import { askedTarget, isAskable } from './asked-target.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { asksForUpgrade, connectionOptions } from './connection-options.ts';
import { compilePassedFields } from './passed-fields.ts';
import { compileSetFields } from './set-fields.ts';

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
  const memo = new AskedMemo();
  /** Of the present request. */
  const inputs: (string | boolean | undefined)[] = [];
  return (route, place) => {
    route.asked = place;
    const { keepsConnection, upgrade } = typeof options === 'function' ? options(route) : options;
    const asked = {
      method: (method === undefined ? '' : renderTemplate(method, route)) || route.method,
      target: askedTarget(route, place),
      keepsConnection,
      upgrade: upgrade !== undefined && asksForUpgrade(route.exchange) ? upgrade : undefined,
    };
    inputs[0] = asked.method;
    inputs[1] = asked.target;
    inputs[2] = asked.keepsConnection;
    inputs[3] = asked.upgrade;
    set.readInto(inputs, OWN_INPUTS, route);
    const { block } = route.request;
    const before = memo.find(block, place, inputs);
    if (before !== undefined && body === undefined) {
      return before;
    }
    const refusal = refusalOf(asked, route, place);
    if (refusal !== undefined) {
      return refusal;
    }
    const said = set.fieldsOf(inputs, OWN_INPUTS);
    if ('badName' in said) {
      route.log('error', `"proxy_set_header ${said.badName}" comes to a value with a control character`);
      return BAD_REQUEST;
    }
    const fields = passed === undefined ? said : [...said, ...passed(block)];
    const text = body === undefined ? undefined : renderTemplate(body, route);
    return memo.keep(block, place, inputs, { ...asked, fields, body: text, isRepeated: false, asking: undefined });
  };
}

/** What stands in front of the values of fields. */
const OWN_INPUTS = 4;

/** The status with which a request is refused that is none, for a reason that the error log has by then. */
function refusalOf(
  { method, target }: Pick<AskedRequest, 'method' | 'target'>,
  route: Route,
  place: AskedPlace,
): number | undefined {
  if (!isAskable(target)) {
    route.log(
      'error',
      `the URI that "proxy_pass" comes to is empty, or has a space or a control character: "${escapeLog(place.uri ?? route.path)}"`,
    );
    return BAD_REQUEST;
  }
  if (!isToken(method)) {
    route.log('error', `"proxy_method" comes to "${escapeLog(method)}", which is no method`);
    return SERVER_ERROR;
  }
  return undefined;
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
