/** A request that is alone on its worker's thread: it is sent whole, and the response goes to a file if its client is slow, so that the thread is free. */

import type { Exchange } from '../../protocol/http/exchange.ts';
import type { SpoolSource } from '../../relay/spool-flow.ts';
import { SpoolFlow } from '../../relay/spool-flow.ts';
import type { CallLane, CallOwner, RequestSide } from '../call.ts';
import { Call } from '../call.ts';
import type { CallServices } from '../call-services.ts';

/** A lane that is read no further while what came on it finds no room. */
export interface HeldLane extends CallLane, SpoolSource {}

export type SerialCall = Call<RequestSide, HeldLane>;

/** It keeps nothing of a request, so there is one for all. */
const SERIAL_REQUEST: RequestSide = {
  newFlow: (call) => {
    const { exchange, services, lane } = call as SerialCall;
    return new SpoolFlow(exchange, services.space, lane, (error) => {
      services.log('error', `${call.describe()}: the response cannot be read from its file: ${error.message}`);
      if (!call.isOver) {
        call.relay.fail(500);
      }
    });
  },
  // The thread that runs the request cannot be told.
  onClientEnd: () => false,
  onDrain: (call) => call.relay.onDrain(),
  onOver: () => undefined,
};

const serialSide = (): RequestSide => SERIAL_REQUEST;

export function newSerialCall(exchange: Exchange, services: CallServices, owner: CallOwner): SerialCall {
  return new Call<RequestSide, HeldLane>(exchange, services, owner, serialSide);
}
