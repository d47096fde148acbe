/** Where logs go, and what stands in them. */

import type { AccessFormat } from '../access-format/access-format.ts';
import type { Template } from './template.ts';

export interface SyslogTarget {
  readonly kind: 'syslog';
  readonly server: string;
  readonly facility: string;
  readonly severity: string;
  readonly tag: string;
  readonly hasHost: boolean;
}

export interface LogTarget {
  /** `path` may have variables; `-` is standard output. */
  readonly sink: { readonly kind: 'file'; readonly path: Template } | SyslogTarget;
  readonly bufferBytes: number;
  readonly flushMs: number;
  /** 0: not compressed. */
  readonly gzipLevel: number;
  /** Files whose path has variables stay open, the last so many of them, until they were not written to for `idleMs`; every `checkMs` their path is looked up again. One that was written to fewer than `usesMin` times is opened for its lines, and so is each where this is absent. */
  readonly kept?: {
    readonly filesMax: number;
    readonly idleMs: number;
    readonly checkMs: number;
    readonly usesMin: number;
  };
}

export interface AccessLogRule {
  /** Index in `ServerModel.logs`. */
  readonly target: number;
  readonly format: LogFormat;
  /** The line is written if this is neither '' nor '0'. */
  readonly when: Template | undefined;
}

export type LogFormat =
  | AccessFormat
  | { readonly words: 'nginx'; readonly template: Template; readonly escape: 'default' | 'json' | 'none' };

export interface ErrorLog {
  readonly sink: LogTarget['sink'] | { readonly kind: 'stderr' };
  readonly level: 'debug' | 'info' | 'notice' | 'warn' | 'error' | 'crit' | 'alert' | 'emerg';
}
