/** The sites of an edge thread: what answers the requests of each listener. A plain `serve` hands them to its application; any other model is compiled into a plan. */

import type { Content } from '../../config/model/content.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import type { Streams } from '../../config/model/stream.ts';
import { assert } from '../../kernel/assert.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { StartNames } from '../../upstream/resolver/start-names.ts';
import { ErrorLogs } from '../error-log/error-log.ts';
import { tellOtherwise } from '../error-log/tell-otherwise.ts';
import { compileServeCompression } from '../filters/compression/serve-compression.ts';
import { answerEmptyGif } from '../handlers/empty-gif.ts';
import { compileStubStatus } from '../handlers/stub-status.ts';
import { refusalsFor } from '../pages/developer-pages.ts';
import type { Produce } from '../pipeline/route.ts';
import { compilePipeline, refuseUnserved } from '../pipeline/run.ts';
import { isPlain } from '../plan/is-plain.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import { AppContent } from './app-content.ts';
import type { Planning, SitesParts } from './sites-parts.ts';

/** Four megabytes of code, which a plain `serve` is spared: it has no plan, and no streams. */
export async function loadPlanning(model: EdgeModel): Promise<Planning> {
  const isTrusting = model.streams !== undefined || model.scopes.some(({ realIp }) => realIp !== undefined);
  const trust = isTrusting ? await import('./trusted-names.ts') : undefined;
  const names = await findNames(model, trust?.trustedNames(model) ?? []);
  return {
    names,
    ...(trust?.withTrustedAddresses(model, names) ?? { model, warnings: [] }),
    sites: isPlain(model) ? undefined : await loadSites(model),
    streams: model.streams === undefined ? undefined : await loadStreams(model.streams),
  };
}

async function findNames({ upstreams, streams }: EdgeModel, trusted: readonly string[]): Promise<StartNames> {
  const all = [...upstreams, ...(streams?.upstreams ?? [])];
  if (all.length === 0 && trusted.length === 0) {
    return new Map();
  }
  const { findStartNames, namesOf } = await import('../../upstream/resolver/start-names.ts');
  const { systemLookup } = await import('../../upstream/resolver/system-names.ts');
  return findStartNames([...new Set([...namesOf(all), ...trusted])], systemLookup);
}

async function loadStreams({ servers }: Streams): Promise<NonNullable<Planning['streams']>> {
  const { compileStreams } = await import('../stream/compile-streams.ts');
  const speaksTls = servers.some(({ content }) => content.kind === 'proxy' && content.policy.tls !== undefined);
  const tls = speaksTls ? await import('../../upstream/tls/tls-clients.ts') : undefined;
  return (streams, parts) => compileStreams(streams, parts, tls?.TlsClients);
}

async function loadSites(model: EdgeModel): Promise<NonNullable<Planning['sites']>> {
  const { plannedPipelines } = await import('./planned-sites.ts');
  const proxies = model.proxyPolicies.length === 0 ? undefined : await import('./planned-proxies.ts');
  const speaksTls = model.proxyPolicies.some(({ connection }) => connection.tls !== undefined);
  const tls = speaksTls ? await import('../../upstream/tls/tls-clients.ts') : undefined;
  return (parts) => plannedPipelines(parts, proxies?.proxyCompiler(parts, tls?.TlsClients));
}

export class Sites {
  readonly #parts: SitesParts;
  readonly #contents: AppContent[] = [];
  readonly #errorLogs: ErrorLogs;
  readonly #pipelines: readonly RequestPipeline[];

  /** `planning`: what makes the plan of a model that has one. */
  constructor(parts: SitesParts, planning: Planning['sites']) {
    this.#parts = parts;
    const origin = { pid: process.pid, tid: parts.thread === 0 ? process.pid : parts.thread };
    const isPassing = parts.model.proxyPolicies.length > 0;
    const otherwise = isPassing ? tellOtherwise(parts.log) : undefined;
    this.#errorLogs = new ErrorLogs(origin, systemClock, parts.logs.lease, { otherwise });
    this.#pipelines =
      planning === undefined
        ? this.#plainPipelines()
        : planning({ ...parts, errorLogs: this.#errorLogs, produceOf: (content) => this.#produceOf(content) });
  }

  /** `listener`: its index in the model. */
  pipelineOf(listener: number): RequestPipeline {
    const pipeline = this.#pipelines[listener];
    assert(pipeline !== undefined, `the model has no listener ${listener}`);
    return pipeline;
  }

  /** An application has declared folders. */
  redeclare(): void {
    for (const content of this.#contents) {
      content.redeclare();
    }
  }

  #plainPipelines(): RequestPipeline[] {
    const { model, identifier, accessLog, bugs, log } = this.#parts;
    const [site] = model.sites;
    assert(site !== undefined, 'a plain model has a site');
    const produce = this.#produceOf(site.content);
    const pipeline = compilePipeline({
      identifier,
      handlers: [
        refuseUnserved,
        (exchange) => {
          produce(exchange, undefined);
          return true;
        },
      ],
      compression: compileServeCompression(model.scopes[site.scope]?.compressions, model.edge.threads, bugs, log),
      renderRefusal: refusalsFor(model.isDevelopment),
      accessLog,
      clock: systemClock,
      onBug: (error) => bugs.note('a request', error),
    });
    return model.listeners.map(() => pipeline);
  }

  #produceOf(content: Content): Produce {
    if (content.kind === 'empty-gif') {
      return answerEmptyGif;
    }
    if (content.kind === 'status') {
      return compileStubStatus(this.#parts.traffic);
    }
    if (content.kind !== 'app') {
      return refuseEverything;
    }
    const app = this.#parts.apps.get(content.app);
    assert(app !== undefined, `the model has no application ${content.app}`);
    const answering = new AppContent(content, app, this.#parts.log);
    this.#contents.push(answering);
    return (exchange) => answering.answer(exchange);
  }
}

/** Content of the model that this program does not answer. */
const refuseEverything: Produce = ({ responder }) => responder.refuse(404);
