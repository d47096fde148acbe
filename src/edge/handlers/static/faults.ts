/** Faults of static files that an operator should know of, each kind at most once a second however often clients ask. */

import type { Clock } from '../../../kernel/clock.ts';
import { escapeLog } from '../../access-log/line.ts';
import { STATIC_LIMITS } from './limits.ts';

export type FaultCode =
  | 'static.forbidden'
  | 'static.exhausted'
  | 'static.failed'
  | 'static.outside'
  | 'static.stale-sibling'
  | 'static.overloaded'
  | 'static.named-missing'
  | 'static.named-outside'
  | 'static.unsteady';
export type StaticLogLevel = 'warning' | 'error';
export type StaticLog = (level: StaticLogLevel, text: string) => void;

const FAULTS: Readonly<Record<FaultCode, { readonly level: StaticLogLevel; readonly text: string }>> = {
  'static.forbidden': { level: 'warning', text: 'may not be read by the server' },
  'static.exhausted': { level: 'error', text: 'cannot be opened, descriptors or memory have run out' },
  'static.failed': { level: 'error', text: 'cannot be read' },
  'static.outside': { level: 'warning', text: 'is not served' },
  'static.stale-sibling': { level: 'warning', text: 'is not served' },
  'static.overloaded': { level: 'error', text: 'is refused, too many requests wait for the disk' },
  'static.named-missing': { level: 'error', text: 'was named by the application' },
  'static.named-outside': { level: 'error', text: 'was named by the application' },
  'static.unsteady': { level: 'error', text: 'cannot be served' },
};

/** Names longer than this are cut in the log. */
const PATH_CHARS_MAX = 300;

export class FaultLog {
  readonly #log: StaticLog;
  readonly #clock: Clock;
  readonly #recent = new Map<FaultCode, { loggedMs: number; unsaid: number }>();

  constructor(log: StaticLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** `path` may hold anything that a client sent. */
  report(code: FaultCode, path: string, detail: string): void {
    const nowMs = this.#clock.monotonicMs();
    const recent = this.#recent.get(code);
    if (recent !== undefined && nowMs - recent.loggedMs < STATIC_LIMITS.faultLogMs) {
      recent.unsaid += 1;
      return;
    }
    const unsaid = recent === undefined || recent.unsaid === 0 ? '' : `, and ${recent.unsaid} more like it before`;
    this.#recent.set(code, { loggedMs: nowMs, unsaid: 0 });
    const { level, text } = FAULTS[code];
    this.#log(level, `static file ${quote(path)} ${text}: ${detail} (${code}${unsaid})`);
  }
}

function quote(latin1: string): string {
  return `"${escapeLog(latin1.slice(0, PATH_CHARS_MAX))}${latin1.length > PATH_CHARS_MAX ? '…' : ''}"`;
}
