/** What the sites of a thread are made of. */

import type { AppId } from '../../config/model/app.ts';
import type { Content } from '../../config/model/content.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import type { Streams } from '../../config/model/stream.ts';
import type { UpstreamGroup } from '../../upstream/peers/upstream-group.ts';
import type { StartNames } from '../../upstream/resolver/start-names.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { AccessLogsParts } from '../access-log/access-logs.ts';
import type { ErrorLogs } from '../error-log/error-log.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import type { Identifier } from '../pipeline/identify.ts';
import type { Produce } from '../pipeline/route.ts';
import type { ZoneMemory } from '../pipeline/zones.ts';
import type { Budgets } from '../shared/budgets.ts';
import type { Traffic } from '../shared/traffic.ts';
import type { CompiledStream } from '../stream/compiled-stream.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import type { AnsweringApp } from './app-content.ts';
import type { PlanLifetime } from './plan-lifetime.ts';

export interface SitesParts {
  readonly model: EdgeModel;
  /** Index of the thread, which stands in lines of error logs. */
  readonly thread: number;
  readonly apps: ReadonlyMap<AppId, AnsweringApp>;
  readonly identifier: Pick<Identifier, 'identify'>;
  readonly zones: ZoneMemory;
  readonly traffic: Traffic;
  /** What is known of servers behind this one, in memory that all threads share. */
  readonly peers: SharedArrayBuffer;
  /** Of servers that have names. */
  readonly names: StartNames;
  readonly lifetime: PlanLifetime;
  /** Those of the plan, when they are made. */
  readonly upstreams: Map<'http' | 'stream', readonly UpstreamGroup[]>;
  readonly budgets: Budgets;
  readonly logs: AccessLogsParts;
  /** Of a plain model. */
  readonly accessLog: AccessLog | undefined;
  readonly bugs: InternalErrors;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

export interface PlanningParts extends SitesParts {
  readonly errorLogs: ErrorLogs;
  /** What answers with content that is no file. */
  readonly produceOf: (content: Content) => Produce;
}

/** The code that makes a plan of a model; undefined where the model has no use for it. */
export interface Planning {
  /** Of servers that have names, and of proxies that are believed by theirs: the addresses that were found for them. */
  readonly names: StartNames;
  /** The model, with addresses in the place of the names of proxies. */
  readonly model: EdgeModel;
  /** For the log. */
  readonly warnings: readonly string[];
  /** For each listener, to whom its connections hand their requests. */
  readonly sites: ((parts: PlanningParts) => RequestPipeline[]) | undefined;
  /** By index of the server. */
  readonly streams: ((streams: Streams, parts: SitesParts) => readonly CompiledStream[]) | undefined;
}
