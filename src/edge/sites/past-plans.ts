/**
 * The plans of a thread that new ones have followed, as long as requests go on in them: their logs are closed with the last request, and applications that only they
 * name end when no request may be on its way to them any more, behind a rate or an `auth_request`.
 */

import type { TrackedConnection } from '../connections/connection-table.ts';
import { EDGE_LIMITS } from '../limits.ts';

/** A plan in which no request begins any more. */
export interface PastPlan {
  /** `pipeline`: of a request, or the stream of a connection. */
  has(pipeline: unknown): boolean;
  close(): void;
}

export interface PastPlansParts {
  readonly connections: () => Iterable<Pick<TrackedConnection, 'request'>>;
  /** All requests that began before this plan have their answers, at least their beginnings. */
  readonly onAnswered: (plan: number) => void;
}

interface Past {
  readonly plan: PastPlan;
  /** The number of the plan that has followed. */
  readonly follower: number;
  isOwing: boolean;
  isUsed: boolean;
}

export class PastPlans {
  readonly #parts: PastPlansParts;
  #past: Past[] = [];
  /** The number of the plan in which requests begin. */
  #present = 0;
  #answered = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: PastPlansParts) {
    this.#parts = parts;
  }

  /** `follower`: the number of the plan in which requests begin from now on. */
  add(plan: PastPlan, follower: number): void {
    this.#present = follower;
    this.#past.push({ plan, follower, isOwing: true, isUsed: true });
    this.#look();
  }

  #look(): void {
    for (const past of this.#past) {
      past.isOwing = false;
      past.isUsed = false;
    }
    for (const { request } of this.#parts.connections()) {
      if (request !== undefined) {
        this.#note(request.pipeline, request.status === 0);
      }
    }
    this.#tell();
    for (const { plan } of this.#past.filter(({ isUsed }) => !isUsed)) {
      plan.close();
    }
    this.#past = this.#past.filter(({ isUsed }) => isUsed);
    clearTimeout(this.#timer);
    if (this.#past.length > 0) {
      this.#timer = setTimeout(() => this.#look(), EDGE_LIMITS.pastPlansLookMs);
      this.#timer.unref();
    }
  }

  #note(pipeline: unknown, isOwed: boolean): void {
    const past = this.#past.find(({ plan }) => plan.has(pipeline));
    if (past !== undefined) {
      past.isUsed = true;
      past.isOwing ||= isOwed;
    }
  }

  /** An application may be named by several of them, so that the first that owes an answer keeps all that the plans behind it do not name. */
  #tell(): void {
    const owing = this.#past.find(({ isOwing }) => isOwing);
    const answered = owing === undefined ? this.#present : owing.follower - 1;
    if (answered > this.#answered) {
      this.#answered = answered;
      this.#parts.onAnswered(answered);
    }
  }
}
