import type { Exchange } from '../../protocol/http/exchange.ts';
import type { TransportExchange } from '../transport/connection-services.ts';
import type { PipelineServices } from './pipeline-services.ts';
import type { CompiledSite, Route } from './route.ts';

/** What a request, or a subrequest, begins its way through the plan with. */
export interface RouteStart {
  readonly exchange: Exchange;
  readonly site: CompiledSite;
  readonly path: string;
  readonly services: PipelineServices;
  readonly parent?: Route;
  /** The exchange of a transport, which is told by which rules its connection goes. */
  readonly transport?: TransportExchange;
}
