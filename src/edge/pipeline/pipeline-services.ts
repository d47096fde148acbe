/** What the runner of requests needs of the thread, beside the plan. */

import type { Clock } from '../../kernel/clock.ts';
import type { Exchange } from '../../protocol/http/exchange.ts';
import type { ErrorPage } from '../pages/error-pages.ts';
import type { Traffic } from '../shared/traffic.ts';
import type { Route, Subrequest, SubrequestStart } from './route.ts';

export interface PipelineServices {
  readonly clock: Clock;
  readonly hostname: string;
  /** Requests of sites with rules are counted. */
  readonly traffic: Traffic;
  /** The page of a refusal where the configuration names none. */
  renderRefusal(exchange: Exchange, status: number, detail: string | undefined): ErrorPage;
  /** See `Route.startSubrequest`. */
  startSubrequest(parent: Route, start: SubrequestStart): Subrequest | undefined;
  /** For the operator, beside the error logs of sites. */
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
  /** An error of ours while a request was run. */
  onBug(what: string, error: unknown): void;
}
