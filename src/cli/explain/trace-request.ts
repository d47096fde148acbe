/**
 * Follows one request through a server: the very plan that the edge runs is compiled, and the request goes through it, but that no content is asked, no log is
 * written and no application is started. `try_files` and conditions about files look at the disk of this machine.
 */

import { hostname } from 'node:os';
import { renderBindAddress } from '../../config/bind-address.ts';
import type { Content } from '../../config/model/content.ts';
import { edgeModel } from '../../config/model/edge-model.ts';
import type { ScopeId } from '../../config/model/instruction.ts';
import type { EdgeModel, Listener, Location, ServerModel, ServerName } from '../../config/model/server-model.ts';
import { renderServerName } from '../../config/render-server-name.ts';
import { renderLocationKey } from '../../config/toml/location-key.ts';
import { ErrorLog } from '../../edge/error-log/error-log.ts';
import { FileServer } from '../../edge/handlers/files/file-server.ts';
import { askedTarget } from '../../edge/handlers/proxy/asked-target.ts';
import { renderErrorPage } from '../../edge/pages/error-pages.ts';
import { fileNameOf } from '../../edge/pipeline/file-name.ts';
import type { PipelineServices } from '../../edge/pipeline/pipeline-services.ts';
import type { CompiledLocation, CompiledScope, CompiledSite, Produce, Route } from '../../edge/pipeline/route.ts';
import { RouteRun } from '../../edge/pipeline/route-run.ts';
import { startSubrequest } from '../../edge/pipeline/subrequest.ts';
import { newZoneMemory } from '../../edge/pipeline/zones.ts';
import { bytesOf } from '../../edge/plan/bytes-of.ts';
import type { PlanParts } from '../../edge/plan/compile-plan.ts';
import { PlanCompiler } from '../../edge/plan/compile-plan.ts';
import { newTrafficRows, Traffic } from '../../edge/shared/traffic.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { ResponseHead } from '../../protocol/http/exchange.ts';
import { normalizePath } from '../../protocol/http/path.ts';
import { NO_FIELDS } from '../../protocol/http/response-fields.ts';
import type { AskedLine } from './asked-request.ts';
import { AskedRequest } from './asked-request.ts';
import { describeContent } from './describe-content.ts';
import { describeMatch } from './describe-server.ts';
import { labelsOfInstructions, labelsOfScope } from './step-labels.ts';
import type { TraceEntry } from './trace.ts';
import { readable, Trace } from './trace.ts';

const OK = 200;

export interface TracedRequest {
  readonly address: string;
  readonly site: string;
  /** As files have it; undefined: no location matched, or none was asked for. */
  readonly location: string | undefined;
  readonly steps: readonly TraceEntry[];
  /** Of what is decided before the content; undefined: the content decides it. 0: the connection is closed. */
  readonly status: number | undefined;
  readonly redirectsTo: string | undefined;
  readonly answer: string;
}

/** Undefined: no address of the server is at that port. */
export async function traceRequest(model: ServerModel, line: AskedLine): Promise<TracedRequest | undefined> {
  const listener = findListener(model, line);
  return listener === undefined ? undefined : new Tracer(model, listener).ask(line);
}

/** An address by its number is meant before one that takes all. */
function findListener({ listeners }: ServerModel, { scheme, port, host }: AskedLine): Listener | undefined {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const atPort = listeners.filter(({ address }) => address?.kind === 'tcp' && String(address.port) === port);
  const named = atPort.find(({ address }) => address?.kind === 'tcp' && address.host === name);
  const speaking = atPort.filter(({ tls }) => tls === (scheme === 'https'));
  return named ?? speaking[0] ?? atPort[0];
}

class Tracer {
  readonly #model: ServerModel;
  readonly #listener: Listener;
  readonly #trace = new Trace();
  readonly #services: PipelineServices;
  readonly #plan: TracingCompiler;
  /** What was asked in the end. */
  #content: { readonly content: Content; readonly route: Route } | undefined;

  constructor(model: ServerModel, listener: Listener) {
    this.#model = model;
    this.#listener = listener;
    const edge = edgeModel(model);
    this.#services = {
      clock: systemClock,
      hostname: hostname(),
      traffic: new Traffic(newTrafficRows(1), Int32Array.of(0), 0),
      renderRefusal: (exchange, status, detail) => renderErrorPage(status, undefined, exchange.requestId, detail),
      startSubrequest: (parent, start) => startSubrequest(parent, start, this.#services),
      log: () => undefined,
      onBug: (what, error) => this.#trace.note('log', `${what}: ${String(error)}`),
    };
    this.#plan = new TracingCompiler(edge, this.#parts(edge), this.#trace);
  }

  #parts(edge: EdgeModel): PlanParts {
    const origin = { pid: process.pid, tid: process.pid };
    const write = (line: string): void => {
      this.#trace.note('log', messageOf(line));
    };
    return {
      services: this.#services,
      errorLogs: { open: () => new ErrorLog([{ write, least: 'error' }], origin, systemClock) },
      accessLogs: { open: () => undefined },
      files: new FileServer({ clock: systemClock, log: () => undefined }),
      zoneMemory: newZoneMemory(edge.zones),
      // The request that is explained brings no password.
      passwords: { check: () => 'unknown' },
      produceOf: (content) => this.#produceOf(content),
    };
  }

  /** A subrequest that asks whether a request may go on is taken to be answered with yes. */
  #produceOf(content: Content): Produce {
    return ({ responder }, route) => {
      if (route !== undefined && route.main === route) {
        this.#content = { content, route };
      } else if (route !== undefined) {
        this.#trace.note('rule', `${readable(route.path)} is asked, and is taken to say yes`);
      }
      responder.respond({ status: 200, reason: undefined, fields: NO_FIELDS }, undefined);
    };
  }

  async ask(line: AskedLine): Promise<TracedRequest> {
    const exchange = new AskedRequest(line);
    const found = this.#plan.listener(this.#listener).hosts.findFor(exchange.host);
    if (found === undefined) {
      return this.#result(undefined, undefined, 'no host can be called that', 400);
    }
    const { site, mergesSlashes } = found.value;
    this.#noteSite(site, line);
    const path = normalizePath(exchange.path, mergesSlashes);
    if (path === undefined) {
      return this.#result(site, undefined, 'the path leads out of the root', 400);
    }
    if (path !== exchange.path) {
      this.#trace.note('server', `the path is taken for ${readable(path)}`);
    }
    const route = new RouteRun({ exchange, site: this.#followedSite(site), path, services: this.#services });
    exchange.route = route;
    found.match?.pattern.assign(found.match.captures, route);
    route.start();
    return this.#finish(site, route, await exchange.answered);
  }

  #finish(site: CompiledSite, route: Route, head: ResponseHead | undefined): TracedRequest {
    const asked = this.#content;
    const status = head?.status ?? 0;
    if (asked?.route === route && head !== undefined) {
      const match = this.#matchOf(site, route.location);
      this.#noteTarget(asked.content, route);
      const answer =
        asked.content.kind === 'files'
          ? `sends the file ${readable(fileNameOf(route))}, or what stands for the folder`
          : describeContent(asked.content, route.scope.model, this.#model, match);
      return this.#result(
        site,
        route,
        status === OK ? answer : `${answer}, with the status ${status}`,
        status === OK ? undefined : status,
      );
    }
    const to = head?.fields.get('location');
    const end = to === undefined ? '' : `, to ${to}`;
    const answer = head === undefined ? 'closes the connection without an answer' : `answers ${status}${end}`;
    return this.#result(site, route, answer, status, to);
  }

  /** What a server is asked for: the path that the rules have left, and that of the address in place of the location's. */
  #noteTarget(content: Content, route: Route): void {
    if (content.kind === 'proxy' && content.protocol === 'http' && content.to.kind === 'upstream') {
      const { host, uri } = content.to;
      const target = askedTarget(route, { host, port: '', uri, isUriWhole: false });
      this.#trace.note('rule', `the server is asked for ${readable(target ?? 'nothing')}`);
    }
  }

  #result(
    site: CompiledSite | undefined,
    route: Route | undefined,
    answer: string,
    status: number | undefined,
    redirectsTo?: string,
  ): TracedRequest {
    this.#trace.note('answer', answer);
    const match = site === undefined || route === undefined ? undefined : this.#matchOf(site, route.location);
    const { address } = this.#listener;
    return {
      address: address === undefined ? '' : renderBindAddress(address),
      site: site?.name ?? '',
      location: match === undefined ? undefined : renderLocationKey(match),
      steps: this.#trace.entries,
      status,
      redirectsTo,
      answer,
    };
  }

  #noteSite(site: CompiledSite, { host }: AskedLine): void {
    const { names, fallback, address } = this.#listener;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    const own = names.filter((each) => each.site === site.id).map((each) => each.name);
    const fitting = own.find((each) => fits(each, name)) ?? own.find(({ kind }) => kind === 'regex');
    const why =
      fitting !== undefined && (fitting.kind !== 'regex' || site.id !== fallback)
        ? `its name ${renderServerName(fitting)} fits`
        : 'no site has this name, and this one answers for all others';
    const at = address === undefined ? '' : ` at ${renderBindAddress(address)}`;
    const position = `site ${site.id + 1}${site.name === '' ? '' : ` (${site.name})`}`;
    this.#trace.note('server', `${position}${at}: ${why}`);
  }

  #followedSite(site: CompiledSite): CompiledSite {
    const model = this.#model.sites[site.id];
    const follow = (location: CompiledLocation): CompiledLocation => {
      const found = this.#locationOf(site, location);
      return found === undefined
        ? location
        : { ...location, rewrite: this.#trace.followed(location.rewrite, labelsOfInstructions(found.rewrite)) };
    };
    return {
      ...site,
      rewrite: this.#trace.followed(site.rewrite, labelsOfInstructions(model?.rewrite ?? [])),
      find: (route) => {
        const location = site.find(route);
        const match = this.#matchOf(site, location);
        const why =
          match === undefined
            ? 'no location matches: the site itself answers'
            : `location ${renderLocationKey(match)}: ${describeMatch(match)}`;
        const refusal = location.isInternal && !route.isInternal ? '; it is internal, and clients get 404' : '';
        this.#trace.note('location', `${readable(route.path)} → ${why}${refusal}`);
        return follow(location);
      },
      named: new Map([...site.named].map(([name, location]) => [name, follow(location)])),
    };
  }

  #matchOf(site: CompiledSite, location: CompiledLocation): Location['match'] | undefined {
    return this.#locationOf(site, location)?.match;
  }

  #locationOf({ id }: CompiledSite, { kind, text }: CompiledLocation): Location | undefined {
    return findLocation(this.#model.sites[id]?.locations ?? [], kind, text);
  }
}

function fits(name: ServerName, host: string): boolean {
  switch (name.kind) {
    case 'exact':
      return name.text.toLowerCase() === host;
    case 'suffix':
      return host.endsWith(name.text.toLowerCase());
    case 'prefix':
      return host.startsWith(name.text.toLowerCase());
    case 'regex':
      return false;
  }
}

function findLocation(
  locations: readonly Location[],
  kind: CompiledLocation['kind'],
  text: string,
): Location | undefined {
  for (const location of locations) {
    const { match } = location;
    const own = bytesOf(match.kind === 'regex' ? match.pattern.text : match.text);
    const found = match.kind === kind && own === text ? location : findLocation(location.locations, kind, text);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Each scope's steps tell what they do, wherever the request comes by the scope. */
class TracingCompiler extends PlanCompiler {
  readonly #trace: Trace;
  readonly #followed = new Map<ScopeId, CompiledScope>();

  constructor(model: EdgeModel, parts: PlanParts, trace: Trace) {
    super(model, parts);
    this.#trace = trace;
  }

  override scopeOf(id: ScopeId): CompiledScope {
    const known = this.#followed.get(id);
    if (known !== undefined) {
      return known;
    }
    const scope = super.scopeOf(id);
    const fresh = this.#trace.followedScope(scope, labelsOfScope(scope.model, scope.steps.length));
    this.#followed.set(id, fresh);
    return fresh;
  }
}

/** Of a line of the error log: without its time, its level and what it says of the request. */
function messageOf(line: string): string {
  const [, text = line] = /\] \d+#\d+: (?:\*\d+ )?(.*?)(?:, client: .*)?\n?$/s.exec(line) ?? [];
  return text;
}
