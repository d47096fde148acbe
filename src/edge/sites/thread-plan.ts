/**
 * What one edge thread makes of one model: its applications, its sites, and how the connections of each listener are spoken to. Two may live beside one another
 * for a while: a request ends in the plan in which it began.
 */

import type { AppId } from '../../config/model/app.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import { assert } from '../../kernel/assert.ts';
import { systemClock } from '../../kernel/clock.ts';
import { AccessLog, GATHERING } from '../access-log/access-log.ts';
import type { LogFiles, LogLease } from '../access-log/log-files.ts';
import { CountedLog } from '../faults/counted-log.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import { Disbelief } from '../identity/disbelief.ts';
import { ForwardedReader } from '../identity/forwarded.ts';
import { RequestIds } from '../identity/request-id.ts';
import { TrustedPeers } from '../identity/trusted-peers.ts';
import { Identifier } from '../pipeline/identify.ts';
import type { ZoneMemory } from '../pipeline/zones.ts';
import type { Traffic } from '../shared/traffic.ts';
import type { CompiledStream } from '../stream/compiled-stream.ts';
import type { ConnectionServices, RequestPipeline } from '../transport/connection-services.ts';
import { HeadRenderer } from '../transport/response-text.ts';
import type { AppSurroundings } from '../workers/app-service.ts';
import { AppService } from '../workers/app-service.ts';
import type { ListenerRules } from './plain-site.ts';
import { listenerRules, plainSite } from './plain-site.ts';
import { PlanLifetime } from './plan-lifetime.ts';
import { Sites } from './sites.ts';
import type { Planning, SitesParts } from './sites-parts.ts';

export interface ThreadPlanParts {
  readonly model: EdgeModel;
  readonly planning: Planning;
  /** Index of the thread. */
  readonly thread: number;
  /** By index in `model.logs`, as in `ConfigureEdge`. */
  readonly logs: readonly (number | null)[];
  readonly zones: ZoneMemory;
  readonly traffic: Traffic;
  /** The logs that the thread has open. */
  readonly logFiles: LogFiles;
  /** Applications that run already, and go on as they are. */
  readonly running: ReadonlyMap<AppId, AppService>;
  readonly aroundApps: Omit<AppSurroundings, 'bodyBytesMax' | 'keepsTimes'>;
  readonly bugs: InternalErrors;
  readonly onAdvice: (about: string, text: string) => void;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

/** What connections of a listener go by. */
export type PlannedServices = Pick<ConnectionServices, 'renderer' | 'pipeline'> &
  ListenerRules & {
    /** Field lines of every response, each with its CRLF. */
    readonly fields: string;
  };

export class ThreadPlan {
  readonly model: EdgeModel;
  readonly apps: ReadonlyMap<AppId, AppService>;
  readonly #shared: Pick<PlannedServices, 'renderer' | 'fields'>;
  readonly #lease: LogLease;
  readonly #sites: Sites;
  readonly #streams: readonly CompiledStream[];
  readonly #pipelines: ReadonlySet<unknown>;
  readonly #lifetime = new PlanLifetime();
  readonly #limits: Parameters<AppService['changeLimits']>[0];

  /** Throws where the model cannot be run: a file of a log that cannot be opened, an index that leads nowhere. */
  constructor(parts: ThreadPlanParts) {
    const { planning, thread, logs, zones, traffic, logFiles, bugs, log } = parts;
    const { model } = planning;
    for (const text of thread === 0 ? planning.warnings : []) {
      log('warning', text);
    }
    const { fields, bodyBytesMax, accessLog } = plainSite(model);
    this.model = model;
    this.#shared = { renderer: new HeadRenderer(fields), fields };
    const lease = logFiles.lease();
    this.#lease = lease;
    const limits = { bodyBytesMax, keepsTimes: asksForTimes(model) };
    this.#limits = limits;
    this.apps = new Map(
      model.apps.map((app) => {
        const running = parts.running.get(app.id);
        return [app.id, running ?? new AppService(app, { ...parts.aroundApps, ...limits })];
      }),
    );
    const identifier = newIdentifier(parts);
    try {
      const sites: SitesParts = {
        model,
        thread,
        apps: this.apps,
        identifier,
        zones,
        traffic,
        peers: parts.aroundApps.shared.peers,
        names: planning.names,
        lifetime: this.#lifetime,
        upstreams: new Map(),
        budgets: parts.aroundApps.budgets,
        logs: { lease, fds: logs, targets: model.logs, clock: systemClock },
        accessLog:
          accessLog &&
          new AccessLog({
            lines: lease.collector(accessLog.path, logs[accessLog.target] ?? undefined, GATHERING),
            format: accessLog.format,
            responseFields: fields,
            clock: systemClock,
          }),
        bugs,
        log,
      };
      this.#sites = new Sites(sites, planning.sites);
      this.#streams = model.streams === undefined ? [] : (planning.streams?.(model.streams, sites) ?? []);
      const pipelines = model.listeners.map((_, listener) => this.#sites.pipelineOf(listener));
      this.#pipelines = new Set<unknown>([...pipelines, ...this.#streams]);
    } catch (error) {
      this.#lifetime.close();
      lease.close();
      throw error;
    }
  }

  /** From now on requests begin in this plan. */
  begin(): void {
    for (const app of this.apps.values()) {
      app.changeLimits(this.#limits);
    }
    this.#lifetime.begin();
  }

  /** `listener`: its index in the model. */
  servicesOf(listener: number): PlannedServices {
    return { ...this.#shared, ...listenerRules(this.model, listener), pipeline: this.pipelineOf(listener) };
  }

  pipelineOf(listener: number): RequestPipeline {
    return this.#sites.pipelineOf(listener);
  }

  /** `listener`: its index in `allListeners`. */
  streamOf(listener: number): CompiledStream {
    const { listeners, streams } = this.model;
    const stream = this.#streams[streams?.listeners[listener - listeners.length]?.stream ?? -1];
    assert(stream !== undefined, `the model has no stream for the listener ${listener}`);
    return stream;
  }

  /** Whether requests that were handed to the pipeline have begun in this plan, or connections to the stream. */
  has(pipeline: unknown): boolean {
    return this.#pipelines.has(pipeline);
  }

  /** An application has declared folders. */
  redeclare(): void {
    this.#sites.redeclare();
  }

  /** The plan is not run any more. What its background work still logs opens the files again. */
  close(): void {
    this.#lifetime.close();
    this.#lease.close();
  }
}

/** A log in words of our own may name how long a worker took. */
function asksForTimes({ scopes }: EdgeModel): boolean {
  return scopes.some(({ accessLogs }) => accessLogs.some(({ format }) => format.words !== 'nginx'));
}

function newIdentifier({ model, onAdvice, log }: ThreadPlanParts): Identifier {
  const { fields: family, allowIps: allowed } = model.forwarding;
  const trusted = new TrustedPeers(allowed);
  return new Identifier({
    trusted: family === 'none' ? undefined : trusted,
    reader: new ForwardedReader(family, trusted),
    ids: new RequestIds(),
    disbelief: new Disbelief({ family, allowed, onAdvice }),
    faults: new CountedLog('proxy fields not taken from', (text) => log('warning', text)),
  });
}
