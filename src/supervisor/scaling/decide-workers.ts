/**
 * How many workers there should be, by what was seen of their work. Pure: it gets samples, a few a second, and remembers what it needs of those before.
 *
 * More are wanted as soon as requests stand in the queue, or units are busy twice in a row; fewer when for a while (`quietMs`) fewer would have done, with room
 * to spare, and then one a second. Whoever has let workers go too early, and needs them again soon after, waits twice as long the next time: load that comes and
 * goes does not start and end processes with each wave.
 */

import type { Scaling } from '../../config/model/app.ts';

export interface LoadSample {
  readonly atMs: number;
  /** How many units' worth of work was done: 1.5 is one that was busy all the time and one for half of it. */
  readonly busyUnits: number;
  readonly oldestWaitMs: number;
  /** Anything was asked since the sample before, or runs, or waits. */
  readonly isActive: boolean;
  /** Workers that are given requests, and those that are wanted. */
  readonly ready: number;
  readonly target: number;
}

export interface ScalingBounds {
  readonly workersMin: number;
  readonly workersMax: number;
  /** Units of each worker. */
  readonly threads: number;
  readonly rules: Scaling;
}

export interface ScalingMemory {
  /** How many workers would have done, by sample, with the room that is to be spared before one is let go. */
  readonly needs: readonly { readonly atMs: number; readonly workers: number }[];
  /** Samples in a row in which more were wanted. */
  readonly shortCount: number;
  /** How long load must be low now. */
  readonly quietMs: number;
  /** Since when this number has been as it is; −∞ before any change. */
  readonly changedAtMs: number;
  readonly shrunkAtMs: number;
  readonly activeAtMs: number;
}

export type ScalingDecision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'set'; readonly workers: number; readonly why: string }
  /** Nothing was asked for so long that the server ends. */
  | { readonly kind: 'end' };

export const SCALING = {
  /** Requests that wait for so long stand: those behind a busy unit are gone sooner. */
  standingMs: 50,
  /** A worker is let go only if the others would be less busy than this part of what more are started at. */
  spare: 0.75,
  /** One worker is let go in this time. */
  shrinkEveryMs: 1000,
  /** Load that comes back within so many quiet times of a shrink has made it in vain … */
  vainQuietTimes: 4,
  /** … and the next one waits longer, up to so many times what was asked for. */
  quietTimesMax: 16,
} as const;

export function newMemory(nowMs: number, { quietMs, startsCheap }: Scaling): ScalingMemory {
  const never = Number.NEGATIVE_INFINITY;
  return {
    needs: [],
    shortCount: 0,
    quietMs,
    changedAtMs: never,
    shrunkAtMs: never,
    activeAtMs: startsCheap ? never : nowMs,
  };
}

export function decideWorkers(
  before: ScalingMemory,
  sample: LoadSample,
  bounds: ScalingBounds,
): readonly [ScalingMemory, ScalingDecision] {
  const memory = { ...before, activeAtMs: sample.isActive ? sample.atMs : before.activeAtMs };
  const idle = decideIdle(memory, sample, bounds);
  if (idle !== undefined) {
    return [idle.kind === 'set' ? changed(memory, sample) : memory, idle];
  }
  return bounds.workersMin >= bounds.workersMax || sample.target === 0
    ? [memory, { kind: 'keep' }]
    : decideByLoad(memory, sample, bounds);
}

/** Undefined: the load decides. */
function decideIdle(
  { activeAtMs }: ScalingMemory,
  { atMs, target, isActive }: LoadSample,
  { workersMin, rules }: ScalingBounds,
): ScalingDecision | undefined {
  if (target === 0) {
    return isActive ? { kind: 'set', workers: Math.max(1, workersMin), why: 'a request waits' } : undefined;
  }
  if (rules.idleMs === 0 || isActive || atMs - activeAtMs < rules.idleMs) {
    return undefined;
  }
  return rules.endsIdle ? { kind: 'end' } : { kind: 'set', workers: 0, why: 'nothing was asked for a while' };
}

function decideByLoad(
  memory: ScalingMemory,
  sample: LoadSample,
  bounds: ScalingBounds,
): readonly [ScalingMemory, ScalingDecision] {
  const { atMs, target, ready, busyUnits, oldestWaitMs } = sample;
  const { workersMin, workersMax, threads, rules } = bounds;
  const workersFor = (busy: number): number => Math.ceil(busyUnits / (threads * busy));
  const isStanding = oldestWaitMs >= SCALING.standingMs;
  const needed = Math.max(workersFor(rules.busyMax), isStanding ? target + 1 : 0);
  const shortCount = needed > target ? memory.shortCount + 1 : 0;
  const spared = isStanding ? target : Math.min(target, workersFor(rules.busyMax * SCALING.spare));
  const needs = [...memory.needs.filter((need) => atMs - need.atMs < memory.quietMs), { atMs, workers: spared }];
  const noted = { ...memory, needs, shortCount, quietMs: calmed(memory, atMs, rules) };
  // Those that start are not seen at work yet.
  if (target < workersMax && ready >= target && (shortCount >= 2 || (isStanding && shortCount >= 1))) {
    const workers = Math.min(workersMax, Math.max(target + rules.step, needed));
    return [grown(noted, sample, rules), { kind: 'set', workers, why: isStanding ? 'requests wait' : 'they are busy' }];
  }
  const most = Math.max(...needs.map((need) => need.workers));
  const isQuiet =
    atMs - memory.changedAtMs >= SCALING.shrinkEveryMs && atMs - (needs[0]?.atMs ?? atMs) >= memory.quietMs * 0.9;
  if (target > workersMin && most < target && isQuiet && ready >= target) {
    return [
      { ...changed(noted, sample), needs, shrunkAtMs: atMs },
      { kind: 'set', workers: target - 1, why: 'fewer are enough' },
    ];
  }
  return [noted, { kind: 'keep' }];
}

function changed(memory: ScalingMemory, { atMs }: LoadSample): ScalingMemory {
  return { ...memory, shortCount: 0, needs: [], changedAtMs: atMs };
}

function grown(memory: ScalingMemory, sample: LoadSample, { quietMs }: Scaling): ScalingMemory {
  const isVain = sample.atMs - memory.shrunkAtMs < SCALING.vainQuietTimes * memory.quietMs;
  const next = isVain ? Math.min(memory.quietMs * 2, quietMs * SCALING.quietTimesMax) : memory.quietMs;
  return { ...changed(memory, sample), quietMs: next, shrunkAtMs: Number.NEGATIVE_INFINITY };
}

/** A shrink that was not in vain: the next one need not wait longer than was asked for. */
function calmed({ shrunkAtMs, quietMs }: ScalingMemory, atMs: number, rules: Scaling): number {
  const isKept = shrunkAtMs > Number.NEGATIVE_INFINITY && atMs - shrunkAtMs >= SCALING.vainQuietTimes * quietMs;
  return isKept ? rules.quietMs : quietMs;
}
