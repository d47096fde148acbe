/** To whom the connections of a listener hand their requests: finds the site by the host, and runs the request through it. */

import type { Exchange } from '../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { normalizePath } from '../pipeline/normal-path.ts';
import type { PipelineServices } from '../pipeline/pipeline-services.ts';
import { RouteRun } from '../pipeline/route-run.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import type { ListenerPlan, SitePlan } from './compile-plan.ts';
import { readHostName } from './host-name.ts';

const ALLOWED = fieldsOf('Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n', false);
/** RFC 9110 9.3.6, 9.3.8: no proxy for anybody, and no mirror of a client's secrets for its scripts. */
const UNSERVED: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);

export function sitePipeline(
  { hosts }: ListenerPlan,
  services: PipelineServices,
  onFinished: RequestPipeline['onFinished'],
): RequestPipeline {
  const open = (exchange: Exchange, { site }: SitePlan, path: string): RouteRun => {
    const route = new RouteRun({ exchange, site, path, services });
    exchange.route = route;
    return route;
  };
  const refuse = (exchange: Exchange, status: number, detail?: string, fields?: ResponseFields): void => {
    const { route } = exchange;
    const run = route instanceof RouteRun ? route : open(exchange, hosts.find('').value, '/');
    run.refuseContent(status, detail, fields);
  };
  return {
    handle(exchange) {
      const host = readHostName(exchange.host);
      if (host === undefined) {
        refuse(exchange, 400);
        return;
      }
      const { value, match } = hosts.find(host);
      const path = normalizePath(exchange.path, value.mergesSlashes);
      const route = open(exchange, value, path ?? '/');
      match?.pattern.assign(match.captures, route);
      if (exchange.origin.isContradictory || path === undefined) {
        route.refuseContent(400, undefined, undefined);
      } else if (UNSERVED.has(exchange.method)) {
        route.refuseContent(405, undefined, ALLOWED);
      } else {
        route.start();
      }
    },
    refuse,
    onFinished(exchange) {
      if (exchange.route instanceof RouteRun) {
        exchange.route.onOver();
      }
      onFinished?.(exchange);
    },
  };
}
