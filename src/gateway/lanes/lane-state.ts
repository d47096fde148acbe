/**
 * In what state a lane is. Two questions have an answer each: whether requests are to be given to its worker, and whether what runs on it gets on. The rows say
 * which state follows which fact; a fact that a row does not have changes nothing.
 */

/**
 * `new`: the worker has dialled in, and the supervisor has not said yet that it is to be given requests. `active`: it is. `leaving`: the worker has said itself
 * that it takes no more. `draining`: it gets nothing more, and finishes what it has. `drained`: it has been told that nothing follows. `lost`: the connection is closed.
 */
export type LaneState = 'new' | 'active' | 'leaving' | 'draining' | 'drained' | 'lost';
export type LaneFact = 'activated' | 'left' | 'retired' | 'drained' | 'lost';

const NEXT: Readonly<Record<LaneState, Partial<Record<LaneFact, LaneState>>>> = {
  new: { activated: 'active', left: 'leaving', retired: 'draining', lost: 'lost' },
  active: { left: 'leaving', retired: 'draining', lost: 'lost' },
  leaving: { retired: 'draining', lost: 'lost' },
  // A worker that was retired never comes back.
  draining: { drained: 'drained', lost: 'lost' },
  drained: { lost: 'lost' },
  lost: {},
};

export function nextLaneState(state: LaneState, fact: LaneFact): LaneState {
  return NEXT[state][fact] ?? state;
}

/** The lane gets nothing more, and may have calls that run on. */
export function isRetired(state: LaneState): boolean {
  return state === 'draining' || state === 'drained';
}

/**
 * Whether what runs on a lane gets on. `prompt`: as far as is known. `slow`: its first request takes long, and nothing is sent behind it until it is answered.
 * `stuck`: the end of the worker is decided, because a request has run into the timeout, or the worker's loop does not turn.
 */
export type LanePace = 'prompt' | 'slow' | 'stuck';
