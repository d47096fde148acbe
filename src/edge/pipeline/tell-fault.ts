import { CostlyMatch } from './costly-match.ts';
import type { PipelineServices } from './pipeline-services.ts';
import type { Route } from './route.ts';

/** What was thrown while a request went through the plan: a regex that would have cost too much, or a bug. */
export function tellFault(route: Pick<Route, 'log'>, services: Pick<PipelineServices, 'onBug'>, error: unknown): void {
  if (error instanceof CostlyMatch) {
    route.log('alert', error.message);
  } else {
    services.onBug('a request', error);
  }
}
