/** What one row of the settings table says, and how the text of a setting becomes its value. */

import type { Outcome } from '../kernel/outcome.ts';
import { success } from '../kernel/outcome.ts';

/** What defaults depend on, beside the settings themselves. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly coreCount: number;
  /** How much memory the server may use: the machine's, or the limit of its control group. Undefined: not known. */
  readonly memoryBytes?: number;
  /** A service manager has given sockets to listen on. */
  readonly hasSockets?: boolean;
}

export const SETTING_GROUPS = [
  'Addresses',
  'Behind a proxy',
  'TLS',
  'Processes',
  'Application',
  'ASGI and WebSockets',
  'Timeouts',
  'Recycling workers',
  'Limits',
  'Responses',
  'Static files',
  'Privileges',
  'Logs',
  'Monitoring',
  'Development',
] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

export interface Setting<T> {
  /** Without the dashes. The environment name follows from it: `max-requests` → PORTICO_MAX_REQUESTS. */
  readonly flag: string;
  readonly short?: string;
  /** How the value is written in help; undefined for a switch, which takes none. */
  readonly value?: string;
  /** The switch may also be given as `--no-flag`. */
  readonly isNegatable?: boolean;
  readonly isRepeatable?: boolean;
  /** Where the environment's text for a repeatable setting is cut. */
  readonly separator?: RegExp;
  readonly group: SettingGroup;
  /** One or two sentences, the first of them enough for help. */
  readonly doc: string;
  /** The default in words. */
  readonly fallbackText: string;
  /** True: help and reference leave it out. */
  readonly isHidden?: boolean;
  readonly fallback: (machine: Machine) => Outcome<T>;
  /** Makes the value from all texts given in one place, at least one, in their order. */
  readonly parse: (texts: readonly string[]) => Outcome<T>;
}

/** For a setting of which the last text given wins. */
export function last<T>(parse: (text: string) => Outcome<T>): (texts: readonly string[]) => Outcome<T> {
  return (texts) => parse(texts.at(-1) ?? '');
}

/** For a setting that keeps all texts given; the first fault ends it. */
export function each<T>(parse: (text: string) => Outcome<T>): (texts: readonly string[]) => Outcome<readonly T[]> {
  return (texts) => {
    const values: T[] = [];
    for (const text of texts) {
      const parsed = parse(text);
      if (!parsed.ok) {
        return parsed;
      }
      values.push(parsed.value);
    }
    return success(values);
  };
}

export function always<T>(value: T): () => Outcome<T> {
  return () => success(value);
}

export function environmentName(flag: string): string {
  return `PORTICO_${flag.toUpperCase().replaceAll('-', '_')}`;
}
