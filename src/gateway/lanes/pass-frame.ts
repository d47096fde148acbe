/** The frames by which a worker answers a request, to the call that they answer: the same on every kind of lane. */

import type { UnitCounts } from '../../protocol/control/report.ts';
import type { FrameReader } from '../../protocol/lanes/frame-reader.ts';
import { FRAME } from '../../protocol/lanes/frames.ts';
import type { Call } from '../call.ts';
import type { WorkerHeadMemo } from './response-head.ts';
import { bodyStartOf, withNamingField } from './response-head.ts';

export interface AnsweringLane<C> {
  readonly counts: UnitCounts;
  /** The call was answered to its end. Told before the call hears what that means for it. */
  endCall(call: C): void;
  /** The worker names a file in place of its bytes. */
  passFile(call: C, payload: Buffer): void;
}

/** What `passFrame` says of a frame that is none of these. */
export const NOT_AN_ANSWER: unique symbol = Symbol('not-an-answer');

/** Returns what the worker did wrong, if it did. */
export function passFrame<C extends Call>(
  reader: FrameReader,
  memo: WorkerHeadMemo,
  call: C,
  lane: AnsweringLane<C>,
): string | undefined | typeof NOT_AN_ANSWER {
  const { buffer, start, end } = reader;
  lane.counts.bytes += end - start;
  switch (reader.type) {
    case FRAME.responseWhole:
    case FRAME.response:
      return passResponse(reader, memo, call, lane);
    case FRAME.data:
      if (!call.hasBegun && !call.isOver) {
        return 'a response that begins with its body';
      }
      call.reply.onData(buffer, start, end, reader.isContinued);
      return undefined;
    case FRAME.end:
      lane.endCall(call);
      call.reply.onEnd();
      return undefined;
    case FRAME.failed:
      lane.endCall(call);
      lane.counts.exceptions += end > start ? 1 : 0;
      call.onFailed(buffer.toString('utf8', start, end));
      return undefined;
    case FRAME.file:
      lane.passFile(call, Buffer.from(buffer.subarray(start, end)));
      return undefined;
    default:
      return NOT_AN_ANSWER;
  }
}

function passResponse<C extends Call>(
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
    call.reply.onHead(head, buffer, bodyStart, end);
  } else {
    lane.endCall(call);
    call.reply.onWhole(head, buffer, bodyStart, end);
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
