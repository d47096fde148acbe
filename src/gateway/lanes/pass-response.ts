/** A RESPONSE or RESPONSE_WHOLE frame to the call that it answers, the same on every kind of lane. */

import type { FrameReader } from '../../protocol/lanes/frame-reader.ts';
import { FRAME } from '../../protocol/lanes/frames.ts';
import type { Call } from '../call.ts';
import type { WorkerHeadMemo } from './response-head.ts';
import { bodyStartOf, withNamingField } from './response-head.ts';

/** What the lane does before a call hears that it is answered to its end. */
export interface AnsweringLane<C> {
  endCall(call: C): void;
}

/** Returns what the worker did wrong, if it did. */
export function passResponse<C extends Call>(
  reader: FrameReader,
  memo: WorkerHeadMemo,
  call: C,
  lane: AnsweringLane<C>,
): string | undefined {
  if (call.hasBegun && !call.isOver) {
    return 'a second head for one response';
  }
  const { buffer, start, end } = reader;
  const bodyStart = bodyStartOf(buffer, start, end);
  if (bodyStart === -1) {
    return 'response head longer than its frame';
  }
  let head = memo.parse(buffer.latin1Slice(start + 4, bodyStart));
  if (head === undefined) {
    return 'malformed response head';
  }
  if (head.namedFile !== undefined) {
    if (call.onNamedFile(head)) {
      endNamed(reader.type, call, lane);
      return undefined;
    }
    head = withNamingField(head);
  }
  if (reader.type === FRAME.response) {
    call.onResponse(head, buffer, bodyStart, end);
  } else {
    lane.endCall(call);
    call.onWhole(head, buffer, bodyStart, end);
  }
  return undefined;
}

/** The edge has answered with a file. A body that the application sends beside it is not read. */
function endNamed<C extends Call>(type: number, call: C, lane: AnsweringLane<C>): void {
  if (type === FRAME.response) {
    call.abandon();
  } else {
    lane.endCall(call);
  }
}
