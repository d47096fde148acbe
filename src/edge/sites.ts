/** The sites of an edge thread: what answers the requests of each listener. A plain `serve` hands them to its application; any other model is compiled into a plan. */

import { hostname } from 'node:os';
import type { AppId } from '../config/model/app.ts';
import type { Content } from '../config/model/content.ts';
import type { EdgeModel } from '../config/model/server-model.ts';
import { assert } from '../kernel/assert.ts';
import { systemClock } from '../kernel/clock.ts';
import type { AccessLog } from './access-log/access-log.ts';
import type { AnsweringApp } from './app-content.ts';
import { AppContent } from './app-content.ts';
import { refusalsFor } from './developer-pages.ts';
import { ErrorLogs } from './error-log/error-log.ts';
import { compileServeCompression } from './filters/compression/serve-compression.ts';
import { answerEmptyGif } from './handlers/empty-gif.ts';
import { compileFileContent } from './handlers/files/file-content.ts';
import { FileServer } from './handlers/files/file-server.ts';
import type { InternalErrors } from './internal-errors.ts';
import type { Identifier } from './pipeline/identify.ts';
import type { PipelineServices } from './pipeline/pipeline-services.ts';
import type { Produce } from './pipeline/route.ts';
import { compilePipeline, refuseUnserved } from './pipeline/run.ts';
import { startSubrequest } from './pipeline/subrequest.ts';
import type { ZoneMemory } from './pipeline/zones.ts';
import { PlanCompiler } from './plan/compile-plan.ts';
import { isPlain } from './plan/is-plain.ts';
import { sitePipeline } from './plan/site-pipeline.ts';
import type { RequestPipeline } from './transport/connection-services.ts';

export type { AnsweringApp } from './app-content.ts';

export interface SitesParts {
  readonly model: EdgeModel;
  /** Index of the thread, which stands in lines of error logs. */
  readonly thread: number;
  readonly apps: ReadonlyMap<AppId, AnsweringApp>;
  readonly identifier: Pick<Identifier, 'identify'>;
  readonly zones: ZoneMemory;
  readonly accessLog: AccessLog | undefined;
  readonly bugs: InternalErrors;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

export class Sites {
  readonly #parts: SitesParts;
  readonly #contents: AppContent[] = [];
  readonly #errorLogs: ErrorLogs;
  readonly #pipelines: readonly RequestPipeline[];

  constructor(parts: SitesParts) {
    this.#parts = parts;
    const origin = { pid: process.pid, tid: parts.thread === 0 ? process.pid : parts.thread };
    this.#errorLogs = new ErrorLogs(origin, systemClock, (text) => parts.log('error', text));
    this.#pipelines = isPlain(parts.model) ? this.#plainPipelines() : this.#plannedPipelines();
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

  /** Log files have been moved away. */
  reopenLogs(): void {
    this.#errorLogs.reopen();
  }

  closeLogs(): void {
    this.#errorLogs.close();
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

  #plannedPipelines(): RequestPipeline[] {
    const { model, identifier, accessLog, bugs, log, zones } = this.#parts;
    const services: PipelineServices = {
      clock: systemClock,
      hostname: hostname(),
      log,
      renderRefusal: refusalsFor(model.isDevelopment),
      startSubrequest: (parent, start) => startSubrequest(parent, start, services),
      onBug: (what, error) => bugs.note(what, error),
    };
    const files = new FileServer({ clock: systemClock, log });
    const plan = new PlanCompiler(model, {
      services,
      errorLogs: this.#errorLogs,
      files,
      zoneMemory: zones,
      produceOf: (content, compilation) =>
        content.kind === 'files'
          ? compileFileContent(files, (template) => compilation.template(template))
          : this.#produceOf(content),
    });
    const onFinished: RequestPipeline['onFinished'] =
      accessLog && ((exchange) => accessLog.write(exchange, systemClock.monotonicMs() - exchange.startedMs));
    return model.listeners.map((listener) =>
      sitePipeline({ plan: plan.listener(listener), services, identifier, onFinished }),
    );
  }

  #produceOf(content: Content): Produce {
    if (content.kind === 'empty-gif') {
      return answerEmptyGif;
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
