/** Sites without sockets, for tests: a model of a few lines, and what a request to it is answered with. */

import type { Content } from '../../config/model/content.ts';
import type { Scope } from '../../config/model/scope.ts';
import type { EdgeModel, EdgeSite, Listener, Location } from '../../config/model/server-model.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { FakeRequestLine } from '../../protocol/http/fake-request.ts';
import { decodePath } from '../../protocol/http/path.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { AccessLogs } from '../access-log/access-logs.ts';
import { LogFiles } from '../access-log/log-files.ts';
import { ErrorLogs } from '../error-log/error-log.ts';
import { FileServer } from '../handlers/files/file-server.ts';
import { renderErrorPage } from '../pages/error-pages.ts';
import { PasswordChecker } from '../passwords/password-checker.ts';
import type { PipelineServices } from '../pipeline/pipeline-services.ts';
import type { RewriteCompilation } from '../pipeline/rewrite/compile-rewrite.ts';
import type { Produce } from '../pipeline/route.ts';
import { startSubrequest } from '../pipeline/subrequest.ts';
import { newZoneMemory } from '../pipeline/zones.ts';
import { newTrafficRows, Traffic } from '../shared/traffic.ts';
import { startPasswordThread } from '../start-password-thread.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import { PlanCompiler } from './compile-plan.ts';
import { FakeClientExchange } from './fake-client-exchange.ts';
import { sitePipeline } from './site-pipeline.ts';

export const FAKE_SCOPE: Scope = {
  files: {
    kind: 'root',
    path: '/srv/www',
    index: ['index.html'],
    autoindex: undefined,
    isIndexRandom: false,
    servesHidden: true,
    symlinks: { kind: 'anywhere' },
    hasEtag: true,
    ifModifiedSince: 'exact',
    rangesMax: undefined,
    cacheMs: undefined,
    logsMissing: true,
  },
  types: 0,
  refusals: { pages: [], isRecursive: false, style: 'nginx', pads: false },
  redirects: { isAbsolute: true, usesServerName: false, hasPort: true },
  requestBodies: { bytesMax: 1_048_576 },
  sending: {},
  accessLogs: [],
  errorLogs: [],
  serverField: '',
};

export type FakeLocation = Partial<Omit<Location, 'match'>> & { readonly match?: Location['match'] };

/** `text` with `=`, `^~`, `~`, `~*` or `@` in front, as in a file of nginx. */
export function location(text: string, rest: FakeLocation = {}): Location {
  return {
    match: matchOf(text),
    isInternal: false,
    redirectsToSlash: false,
    rewrite: [],
    scope: 0,
    content: { kind: 'files' },
    locations: [],
    ...rest,
  };
}

function matchOf(text: string): Location['match'] {
  const [, sign = '', path = ''] = /^(=|\^~|~\*?)? ?(.*)$/.exec(text) ?? [];
  switch (sign) {
    case '=':
      return { kind: 'exact', text: path };
    case '^~':
      return { kind: 'final-prefix', text: path };
    case '~':
    case '~*':
      return { kind: 'regex', pattern: { text: path, isCaseless: sign === '~*' } };
    default:
      return { kind: path.startsWith('@') ? 'named' : 'prefix', text: path };
  }
}

export interface FakeModel {
  readonly locations?: readonly Location[];
  readonly rewrite?: EdgeSite['rewrite'];
  readonly name?: string;
  readonly scopes?: readonly Partial<Scope>[];
  readonly sites?: readonly Partial<EdgeSite>[];
  readonly names?: Listener['names'];
  readonly variables?: EdgeModel['variables'];
  readonly types?: EdgeModel['types'];
  readonly zones?: EdgeModel['zones'];
  readonly connections?: EdgeModel['connections'];
  readonly proxyPolicies?: EdgeModel['proxyPolicies'];
}

export function fakeModel(fake: FakeModel): EdgeModel {
  const site: EdgeSite = {
    name: fake.name ?? 'site',
    connection: 0,
    rewrite: fake.rewrite ?? [],
    scope: 0,
    content: { kind: 'files' },
    locations: fake.locations ?? [],
  };
  const listener: Listener = {
    address: { kind: 'tcp', host: '127.0.0.1', port: 80 },
    tls: false,
    backlog: 511,
    isIpv6Only: false,
    names: fake.names ?? [],
    fallback: 0,
  };
  const model: Partial<EdgeModel> = {
    listeners: [listener],
    sites: fake.sites?.map((more) => ({ ...site, ...more })) ?? [site],
    apps: [],
    scopes: (fake.scopes ?? [{}]).map((more) => ({ ...FAKE_SCOPE, ...more })),
    connections: fake.connections ?? [],
    edge: { threads: 1 } as EdgeModel['edge'],
    types: fake.types ?? [{ knowsRegistry: false, charset: '', types: { html: 'text/html' }, fallback: 'text/plain' }],
    variables: fake.variables ?? [],
    charsetMaps: [],
    zones: fake.zones ?? [],
    logs: [],
    upstreams: [],
    proxyPolicies: fake.proxyPolicies ?? [],
    resolvers: [],
  };
  // What concerns processes is not there: no plan looks at it.
  return model as EdgeModel;
}

/** Answers with what it was asked for: `files GET /path?query`. */
export function tellingContent(content: Content): Produce {
  return (exchange) => {
    const name = content.kind === 'app' ? content.app : content.kind;
    const text = `${name} ${exchange.method} ${exchange.path}${exchange.query === '' ? '' : `?${exchange.query}`}`;
    exchange.responder.respond({ status: 200, reason: undefined, fields: PLAIN }, text);
  };
}

const PLAIN = fieldsOf('Content-Type: text/plain\r\n');

export function fakeErrorLogs(clock: FakeClock): ErrorLogs {
  return new ErrorLogs({ pid: 1, tid: 1 }, clock, new LogFiles('machine', () => undefined).lease());
}

export interface FakeServices {
  readonly produceOf?: (content: Content, compilation: RewriteCompilation) => Produce;
  readonly clock?: FakeClock;
  readonly errorLogs?: ErrorLogs;
  readonly accessLogs?: Pick<AccessLogs, 'open'>;
  readonly files?: FileServer;
  readonly bugs?: unknown[];
  readonly traffic?: Traffic;
}

export class FakeSite {
  readonly clock: FakeClock;
  readonly bugs: unknown[] = [];
  readonly #pipeline: RequestPipeline;

  constructor(fake: FakeModel, parts: FakeServices = {}) {
    this.clock = parts.clock ?? new FakeClock();
    const services: PipelineServices = {
      clock: this.clock,
      hostname: 'machine',
      traffic: parts.traffic ?? new Traffic(newTrafficRows(1), Int32Array.of(0), 0),
      renderRefusal: (exchange, status, detail) =>
        renderErrorPage(status, exchange.block.get('accept'), exchange.requestId, detail),
      startSubrequest: (parent, start) => startSubrequest(parent, start, services),
      log: () => undefined,
      onBug: (_, error) => this.bugs.push(error),
    };
    const model = fakeModel(fake);
    const plan = new PlanCompiler(model, {
      services,
      errorLogs: parts.errorLogs ?? fakeErrorLogs(this.clock),
      accessLogs: parts.accessLogs ?? { open: () => undefined },
      zoneMemory: newZoneMemory(model.zones),
      passwords: new PasswordChecker(startPasswordThread),
      files: parts.files ?? new FileServer({ clock: this.clock, log: () => undefined }),
      produceOf: parts.produceOf ?? tellingContent,
    });
    const [listener] = model.listeners;
    if (listener === undefined) {
      throw new Error('a site without a listener');
    }
    this.#pipeline = sitePipeline({
      plan: plan.listener(listener),
      services,
      identifier: { identify: () => undefined },
    });
  }

  /** Answered by the time that this returns, unless something waits. */
  ask(request: (FakeRequestLine & { readonly bodyLength?: number }) | string): FakeClientExchange {
    const exchange = new FakeClientExchange(typeof request === 'string' ? requestOf(request) : request, this.#pipeline);
    this.#pipeline.handle(exchange);
    return exchange;
  }
}

/** `/path?query`, as a client writes it. */
function requestOf(target: string): FakeRequestLine {
  const [rawPath = '', ...query] = target.split('?');
  return { path: decodePath(rawPath) ?? rawPath, rawPath, query: query.join('?') };
}
