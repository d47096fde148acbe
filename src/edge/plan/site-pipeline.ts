/** To whom the connections of a listener hand their requests: finds the site by the host, and runs the request through it. */

import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import { normalizePath } from '../../protocol/http/path.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { CountedLog } from '../faults/counted-log.ts';
import type { Identifier } from '../pipeline/identify.ts';
import type { PipelineServices } from '../pipeline/pipeline-services.ts';
import { RouteRun } from '../pipeline/route-run.ts';
import type { HandshakeTexts } from '../tls/handshake-texts.ts';
import type { RequestPipeline, TransportExchange } from '../transport/connection-services.ts';
import type { ListenerPlan, SitePlan } from './compile-plan.ts';

const ALLOWED = fieldsOf('Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n', false);
/** RFC 9110 9.3.6, 9.3.8: no proxy for anybody, and no mirror of a client's secrets for its scripts. */
const UNSERVED: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);

export interface SitePipelineParts {
  readonly plan: ListenerPlan;
  readonly services: PipelineServices;
  readonly identifier: Pick<Identifier, 'identify'>;
  /** Where TLS is spoken. */
  readonly texts?: HandshakeTexts | undefined;
}

/** To nginx a head that is too long is a bad request. */
function nginxStatus(status: number, { scope }: RouteRun): number {
  return status === 431 && scope.model.refusals.style === 'nginx' ? 400 : status;
}

export function sitePipeline({ plan, services, identifier, texts }: SitePipelineParts): RequestPipeline {
  const { hosts, checkTls } = plan;
  const { traffic } = services;
  // Sites without a log of their own: clients that are turned away have to be found somewhere.
  const strangers = new CountedLog('refused', (text) => services.log('info', text));
  const open = (exchange: TransportExchange, { site }: SitePlan, path: string): RouteRun => {
    const route = new RouteRun({ exchange, site, path, services, transport: exchange });
    exchange.route = route;
    traffic.beginRequest();
    return route;
  };
  const refuse = (exchange: TransportExchange, status: number, detail?: string, fields?: ResponseFields): void => {
    if (exchange.requestId === '') {
      identifier.identify(exchange); // It could not be read, so it has not come this way.
    }
    const { route } = exchange;
    const run = route instanceof RouteRun ? route : open(exchange, hosts.find('').value, '');
    run.refuseContent(nginxStatus(status, run), detail, fields);
  };
  /** A regex among the names may be too costly for a host that somebody has made up. */
  const siteFor = (exchange: IncomingExchange): ReturnType<typeof hosts.findFor> => {
    try {
      // A field that names nobody is not the same as none, which HTTP/1.0 allows.
      const isEmpty = exchange.host === '' && exchange.block.get('host') !== undefined;
      return isEmpty ? undefined : hosts.findFor(exchange.host);
    } catch (error) {
      services.onBug('the host of a request', error);
      return undefined;
    }
  };
  return {
    handle(exchange) {
      identifier.identify(exchange);
      const found = siteFor(exchange);
      if (found === undefined) {
        refuse(exchange, 400);
        return;
      }
      const { value, match } = found;
      const path = normalizePath(exchange.path, value.mergesSlashes);
      const route = open(exchange, value, path ?? '');
      match?.pattern.assign(match.captures, route);
      const refusal = checkTls?.(exchange.peer.tls, value.site.id);
      if (refusal !== undefined) {
        route.log('info', refusal.words);
        if (route.scope.model.errorLogs.length === 0) {
          strangers.tell(exchange.peer.client.address, refusal.words);
        }
        route.refuseContent(refusal.status, undefined, undefined);
      } else if (exchange.origin.isContradictory || path === undefined) {
        route.refuseContent(400, undefined, undefined);
      } else if (UNSERVED.has(exchange.method)) {
        route.refuseContent(405, undefined, ALLOWED);
      } else {
        route.start();
      }
    },
    refuse,
    handshakes: { siteNamed: (name) => hosts.find(name).value.site.id, fallback: plan.fallback, texts },
    onFinished(exchange) {
      const { route } = exchange;
      if (route instanceof RouteRun) {
        traffic.endRequest();
        if (route.scope.log !== undefined) {
          route.writeLog();
        }
        route.onOver();
      }
    },
  };
}
