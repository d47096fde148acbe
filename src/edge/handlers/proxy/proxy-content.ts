/** Content that other servers answer. Loaded only where a model has it. */

import type { ProxyContent, ProxyPolicy } from '../../../config/model/proxying.ts';
import type { Template } from '../../../config/model/template.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { BodyRoom } from '../../../relay/body/body-collector.ts';
import type { PeerRequest } from '../../../upstream/peer-choice.ts';
import type { TlsClients } from '../../../upstream/tls/tls-clients.ts';
import type { Wire } from '../../../upstream/wire.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { parseRate } from '../../pipeline/parse-rate.ts';
import type { CompiledTemplate, Produce, Route } from '../../pipeline/route.ts';
import type { AskRequest } from './asked-request.ts';
import { compileAnswer } from './compile-answer.ts';
import { compileMemcachedRequest } from './compile-memcached.ts';
import { compileParameterRequest } from './compile-parameters.ts';
import { compileHttpRequest } from './compile-request.ts';
import { compileWay } from './compile-way.ts';
import { showsBodies } from './new-read-body.ts';
import type { PlanUpstreams } from './plan-upstreams.ts';
import { ProxiedRequest } from './proxied-request.ts';
import type { ProxyProgram } from './proxy-program.ts';
import { compileTarget } from './targets.ts';
import { wireOf } from './wire-of.ts';

export interface ProxyParts {
  readonly upstreams: PlanUpstreams;
  readonly clock: Clock;
  readonly room: BodyRoom;
  /** Undefined: TLS is spoken with none of them. */
  readonly tlsClients: Pick<TlsClients, 'of'> | undefined;
}

export function compileProxy(content: ProxyContent, compilation: Compilation, parts: ProxyParts): Produce {
  const policy = compilation.model.proxyPolicies[content.policy];
  if (policy === undefined) {
    throw new Error(`the model has no policy ${content.policy}`);
  }
  const wire = wireOf(content, policy);
  const program = compileProgram(content, policy, wire, compilation, parts);
  return (exchange, route) => {
    if (route !== undefined) {
      new ProxiedRequest(exchange, route, program).start();
    }
  };
}

function compileProgram(
  content: ProxyContent,
  policy: ProxyPolicy,
  wire: Wire,
  compilation: Compilation,
  { upstreams, clock, room, tlsClients }: ProxyParts,
): ProxyProgram {
  const { request } = policy;
  const texts = new Map<Template, CompiledTemplate>();
  return {
    ...{ policy, wire, clock, room },
    targetOf: compileTarget(content, { plan: upstreams, resolver: policy.resolver }, (text) =>
      compilation.template(text),
    ),
    requestOf: compileRequest(content, policy, compilation),
    answerOf: compileAnswer(content, policy, compilation),
    sendsBody: request.passesBody && request.body === undefined && wire.bodies !== 'none',
    showsBody: showsBodies(compilation.model),
    rateOf: compileRate(policy, compilation),
    wayOf: compileWay(content, policy, { compilation, tlsClients }),
    peerRequest: (route) => new RoutePeerRequest(route, compilation, texts),
    streamsBody: ({ bodyLength }) => !request.isBuffered && (bodyLength !== undefined || wire.bodies === 'any'),
  };
}

function textOf(template: CompiledTemplate, route: Route): string {
  return typeof template === 'string' ? template : template(route);
}

function compileRequest(content: ProxyContent, policy: ProxyPolicy, compilation: Compilation): AskRequest {
  switch (content.protocol) {
    case 'http':
      return compileHttpRequest(policy, compilation);
    case 'memcached':
      return compileMemcachedRequest(compilation);
    default:
      return compileParameterRequest(policy, content.protocol, compilation);
  }
}

function compileRate({ response: { rate } }: ProxyPolicy, compilation: Compilation): (route: Route) => number {
  if (rate === undefined) {
    return () => 0;
  }
  const text = compilation.template(rate);
  // As in nginx, what is no rate is no limit.
  return (route) => parseRate(textOf(text, route)) ?? 0;
}

class RoutePeerRequest implements PeerRequest {
  readonly #route: Route;
  readonly #compilation: Compilation;
  /** Texts of the configuration, once they were asked for. */
  readonly #texts: Map<Template, CompiledTemplate>;

  constructor(route: Route, compilation: Compilation, texts: Map<Template, CompiledTemplate>) {
    this.#route = route;
    this.#compilation = compilation;
    this.#texts = texts;
  }

  get clientAddress(): string {
    return this.#route.client.address;
  }

  variable(name: string): string | undefined {
    return this.#compilation.variable(name)(this.#route);
  }

  text(template: Template): string {
    let compiled = this.#texts.get(template);
    if (compiled === undefined) {
      compiled = this.#compilation.template(template);
      this.#texts.set(template, compiled);
    }
    return textOf(compiled, this.#route);
  }
}
