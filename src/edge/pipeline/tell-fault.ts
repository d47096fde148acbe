import { escapeLog } from '../access-log/line.ts';
import { CostlyMatch } from './costly-match.ts';
import type { PipelineServices } from './pipeline-services.ts';
import type { Route } from './route.ts';

/** So much of a request stands in the log. */
const SHOWN_CHARS_MAX = 200;

/** What was thrown while a request went through the plan: a regex that would have cost too much, or a bug. */
export function tellFault(
  route: Pick<Route, 'log' | 'exchange'>,
  services: Pick<PipelineServices, 'onBug'>,
  error: unknown,
): void {
  if (error instanceof CostlyMatch) {
    route.log('alert', error.message);
  } else {
    const { method, target, peer } = route.exchange;
    const line = escapeLog(`${method} ${target}`.slice(0, SHOWN_CHARS_MAX));
    services.onBug(`the request "${line}" of ${peer.client.address}`, error);
  }
}
