/** Whom a content asks: an upstream of the configuration, or what a text of the request comes to. */

import type { ProxyContent } from '../../../config/model/proxying.ts';
import { readUpstreamAddress } from '../../../config/upstream-address.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { AskedPlace } from './asked-place.ts';
import type { PlanUpstreams, UpstreamOfPlan } from './plan-upstreams.ts';

/** Where a request is sent. */
export interface AskedTarget {
  readonly upstream: UpstreamOfPlan;
  readonly isTls: boolean;
  /** `http://`: as logs have it. */
  readonly scheme: string;
  readonly place: AskedPlace;
}

/** A text says why nobody can be asked, as the error log has it: the answer is 500. */
export type TargetFinder = (route: Route) => AskedTarget | string;

export interface TargetUpstreams {
  readonly plan: PlanUpstreams;
  /** Of the policy: index in `EdgeModel.resolvers`. */
  readonly resolver: number | undefined;
}

export function compileTarget(
  content: ProxyContent,
  upstreams: TargetUpstreams,
  template: (text: Extract<ProxyContent['to'], { kind: 'text' }>['text']) => CompiledTemplate,
): TargetFinder {
  const { to, tls, protocol } = content;
  if (to.kind === 'upstream') {
    const upstream = upstreams.plan.of(to.upstream);
    const scheme = `${tls ? secureScheme(protocol) : protocol}://`;
    const place = { host: to.host, port: portOf(to.host, tls), uri: to.uri, isUriWhole: false };
    const target: AskedTarget = { upstream, isTls: tls, scheme, place };
    return () => target;
  }
  const text = template(to.text);
  return (route) => textTarget(typeof text === 'string' ? text : text(route), content, upstreams);
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

function textTarget(
  text: string,
  { protocol, tls }: ProxyContent,
  { plan, resolver }: TargetUpstreams,
): AskedTarget | string {
  const secure = secureScheme(protocol);
  const [, given = '', behind = ''] = /^([a-z]+):\/\/(.*)$/is.exec(text) ?? [];
  const isKnown = given.toLowerCase() === protocol || given.toLowerCase() === secure;
  const rest = isKnown ? behind : text;
  if (protocol === 'http' && (!isKnown || rest === '')) {
    return `invalid URL prefix in "${escapeLog(text)}"`;
  }
  const scheme = isKnown ? given.toLowerCase() : tls ? secure : protocol;
  const isTls = scheme === secure;
  const read = readUpstreamAddress(rest, protocol === 'http');
  if (!read.ok) {
    return `${read.fault} in upstream "${escapeLog(rest)}"`;
  }
  const { host, isUnix, uri } = read.value;
  const authority = isUnix ? `unix:${host}` : rest.slice(0, rest.length - uri.length);
  const upstream = plan.named(authority, PORTS[scheme], resolver);
  if (typeof upstream === 'string') {
    return upstream;
  }
  const path = uri === '' ? undefined : uri.startsWith('?') ? `/${uri}` : uri;
  return {
    ...{ upstream, isTls, scheme: `${scheme}://` },
    place: {
      host: isUnix ? 'localhost' : authority,
      port: portOf(authority, isTls),
      uri: path,
      isUriWhole: path !== undefined,
    },
  };
}

function secureScheme(protocol: ProxyContent['protocol']): string {
  return protocol === 'uwsgi' ? 'suwsgi' : `${protocol}s`;
}

function portOf(host: string, isTls: boolean): string {
  if (host.startsWith('unix:')) {
    return '';
  }
  return /:(\d+)$/.exec(host)?.[1] ?? (isTls ? '443' : '80');
}
