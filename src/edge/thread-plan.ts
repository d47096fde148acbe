/**
 * What one edge thread makes of one model: its applications, its sites, and how the connections of each listener are spoken to. Two may live beside one another
 * for a while: a request ends in the plan in which it began.
 */

import type { AppId } from '../config/model/app.ts';
import type { EdgeModel } from '../config/model/server-model.ts';
import { systemClock } from '../kernel/clock.ts';
import { AccessLog } from './access-log/access-log.ts';
import type { AppSurroundings } from './app-service.ts';
import { AppService } from './app-service.ts';
import { CountedLog } from './counted-log.ts';
import { Disbelief } from './disbelief.ts';
import { ForwardedReader } from './forwarded.ts';
import type { InternalErrors } from './internal-errors.ts';
import { Identifier } from './pipeline/identify.ts';
import type { ZoneMemory } from './pipeline/zones.ts';
import { plainSite } from './plain-site.ts';
import { RequestIds } from './request-id.ts';
import { Sites } from './sites.ts';
import type { Planning, SitesParts } from './sites-parts.ts';
import type { Traffic } from './traffic.ts';
import type { ConnectionServices, RequestPipeline } from './transport/connection-services.ts';
import { HeadRenderer } from './transport/response-text.ts';
import { TrustedPeers } from './trusted-peers.ts';

export interface ThreadPlanParts {
  readonly model: EdgeModel;
  readonly planning: Planning | undefined;
  /** Index of the thread. */
  readonly thread: number;
  /** By index in `model.logs`, as in `ConfigureEdge`. */
  readonly logs: readonly (number | null)[];
  readonly zones: ZoneMemory;
  readonly traffic: Traffic;
  /** Applications that run already, and go on as they are. */
  readonly running: ReadonlyMap<AppId, AppService>;
  readonly aroundApps: Omit<AppSurroundings, 'bodyBytesMax' | 'keepsTimes'>;
  readonly bugs: InternalErrors;
  readonly onAdvice: (about: string, text: string) => void;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

/** What connections of a listener go by. */
export type PlannedServices = Pick<ConnectionServices, 'renderer' | 'keepAliveMs' | 'takesLineFeeds' | 'pipeline'> & {
  /** Field lines of every response, each with its CRLF. */
  readonly fields: string;
};

export class ThreadPlan {
  readonly model: EdgeModel;
  readonly apps: ReadonlyMap<AppId, AppService>;
  readonly #shared: Omit<PlannedServices, 'pipeline'>;
  readonly #accessLog: AccessLog | undefined;
  readonly #sites: Sites;
  readonly #limits: Parameters<AppService['changeLimits']>[0];

  /** Throws where the model cannot be run: a file of a log that cannot be opened, an index that leads nowhere. */
  constructor(parts: ThreadPlanParts) {
    const { model, thread, logs, zones, traffic, bugs, log } = parts;
    const { fields, keepAliveMs, takesLineFeeds, bodyBytesMax, accessLog } = plainSite(model);
    this.model = model;
    this.#shared = { renderer: new HeadRenderer(fields), keepAliveMs, takesLineFeeds, fields };
    this.#accessLog =
      accessLog &&
      new AccessLog({
        path: accessLog.path,
        fd: logs[accessLog.target] ?? undefined,
        format: accessLog.format,
        responseFields: fields,
        clock: systemClock,
        onError: (text) => log('error', text),
      });
    const limits = { bodyBytesMax, keepsTimes: accessLog !== undefined };
    this.#limits = limits;
    this.apps = new Map(
      model.apps.map((app) => {
        const running = parts.running.get(app.id);
        return [app.id, running ?? new AppService(app, { ...parts.aroundApps, ...limits })];
      }),
    );
    const identifier = newIdentifier(parts);
    const sites: SitesParts = {
      model,
      thread,
      apps: this.apps,
      identifier,
      zones,
      traffic,
      accessLog: this.#accessLog,
      bugs,
      log,
    };
    this.#sites = new Sites(sites, parts.planning);
  }

  /** From now on requests begin in this plan. */
  begin(): void {
    for (const app of this.apps.values()) {
      app.changeLimits(this.#limits);
    }
  }

  /** `listener`: its index in the model. */
  servicesOf(listener: number): PlannedServices {
    return { ...this.#shared, pipeline: this.pipelineOf(listener) };
  }

  pipelineOf(listener: number): RequestPipeline {
    return this.#sites.pipelineOf(listener);
  }

  /** An application has declared folders. */
  redeclare(): void {
    this.#sites.redeclare();
  }

  reopenLogs(): void {
    this.#accessLog?.reopen();
    this.#sites.reopenLogs();
  }

  flush(): void {
    this.#accessLog?.flush();
  }

  /** No request begins in this plan any more. What those that have begun still log opens the files again. */
  closeLogs(): void {
    this.#accessLog?.close();
    this.#sites.closeLogs();
  }
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
