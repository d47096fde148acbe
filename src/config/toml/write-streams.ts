/** From the model's streams to the tables `stream` and `stream-upstream`, and to those of their variables. */

import { isEqual } from '../../kernel/is-equal.ts';
import type { ServerModel } from '../model/server-model.ts';
import type { StreamServer, Streams } from '../model/stream.ts';
import type { Template } from '../model/template.ts';
import type { DefinedVariable } from '../model/variables.ts';
import { at } from './at.ts';
import type { WrittenStream, WrittenStreamProxy } from './fields/stream-fields.ts';
import { STREAM, STREAM_POLICY_FIELDS, STREAM_UPSTREAM } from './fields/stream-fields.ts';
import type { TomlValue } from './kind.ts';
import { sniVariable } from './sni-variable.ts';
import { fallbacks } from './table.ts';
import { renderTemplateText } from './template-text.ts';

const USUAL_POLICY = fallbacks(STREAM_POLICY_FIELDS);

type Model = Pick<ServerModel, 'resolvers' | 'logs' | 'certificates'>;

export interface WrittenStreams {
  readonly streams: readonly TomlValue[];
  readonly upstreams: readonly TomlValue[];
  /** Those that no table of a stream says in its own words. */
  readonly variables: readonly DefinedVariable[];
}

/** `usualBacklog`: the length of a queue that need not be said. */
export function writeStreams(streams: Streams, model: Model, usualBacklog: number): WrittenStreams {
  const routes = streams.servers.map((server, index) => routesOf(server, index, streams.variables));
  return {
    streams: streams.servers.map((server, index) => {
      const listen = listenOf(streams, index, usualBacklog);
      return STREAM.write(writtenOf(server, { listen, sni: routes[index], streams, model }), undefined) ?? {};
    }),
    upstreams: streams.upstreams.flatMap(({ isImplicit, resolver, ...rest }) =>
      isImplicit ? [] : [STREAM_UPSTREAM.write({ ...rest, ...resolverOf(resolver, model) }, undefined) ?? {}],
    ),
    variables: streams.variables.filter((each) => !routes.some((route) => route?.variable === each)),
  };
}

interface Routes {
  readonly variable: DefinedVariable;
  readonly names: WrittenStream['sni'];
}

/** Undefined: the file did not say it by `sni`. */
function routesOf(
  { content, tls }: StreamServer,
  index: number,
  variables: readonly DefinedVariable[],
): Routes | undefined {
  const [part, ...others] = content.kind === 'proxy' && content.to.kind === 'text' ? partsOf(content.to.text) : [];
  const name = typeof part === 'object' && 'variable' in part && others.length === 0 ? part.variable : undefined;
  const variable = variables.find((each) => each.variable === name);
  if (variable?.kind !== 'map') {
    return undefined;
  }
  const exact = variable.exact.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  const fallback = typeof variable.fallback === 'string' ? variable.fallback : '';
  return isEqual(variable, sniVariable(index, { isEnded: tls !== undefined, exact, fallback }))
    ? { variable, names: [...exact, ...(fallback === '' ? [] : [['default', fallback] as const])] }
    : undefined;
}

function partsOf(template: Template): Exclude<Template, string> {
  return typeof template === 'string' ? [template] : template;
}

function listenOf({ listeners }: Streams, index: number, usualBacklog: number): WrittenStream['listen'] {
  return listeners.flatMap(({ address, tls, isIpv6Only, hasProxyHeader = false, backlog, stream }) =>
    stream !== index || address === undefined
      ? []
      : [
          {
            address,
            tls,
            isIpv6Only,
            hasProxyHeader,
            isUwsgi: false,
            backlog: backlog === usualBacklog ? undefined : backlog,
          },
        ],
  );
}

interface Around {
  readonly listen: WrittenStream['listen'];
  readonly sni: Routes | undefined;
  readonly streams: Streams;
  readonly model: Model;
}

function writtenOf(server: StreamServer, { listen, sni, streams, model }: Around): WrittenStream {
  const { content, tls, resolver, accessLogs, connectionCounts, readsHello, ...rest } = server;
  return {
    ...rest,
    listen,
    readsHello: readsHello && (sni === undefined || tls !== undefined),
    proxy: content.kind === 'proxy' ? proxyOf(content, sni !== undefined, streams) : undefined,
    sni: sni?.names ?? [],
    returns: content.kind === 'return' ? content.text : undefined,
    tls: tls && { ...tls, certificates: tls.certificates.map((each) => at(model.certificates, each)) },
    connectionCounts,
    resolver: resolverOf(resolver, model).resolver,
    accessLogs: accessLogs.map(({ target, ...rule }) => ({ ...at(model.logs, target), ...rule })),
  };
}

type Proxied = Extract<StreamServer['content'], { kind: 'proxy' }>;

function proxyOf({ to, policy }: Proxied, isRouted: boolean, { upstreams }: Streams): WrittenStreamProxy | undefined {
  if (isRouted && isEqual(policy, USUAL_POLICY)) {
    return undefined;
  }
  const said = to.kind === 'text' ? renderTemplateText(to.text) : at(upstreams, to.upstream).name;
  return { to: isRouted ? '' : said, ...policy };
}

function resolverOf(index: number | undefined, { resolvers }: Model) {
  return index === undefined ? {} : { resolver: at(resolvers, index) };
}
