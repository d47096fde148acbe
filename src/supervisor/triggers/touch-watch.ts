/** uWSGI's `touch-reload` and its like: files are looked at every second, as uWSGI does, and each change of one is a command. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Touched } from '../../config/model/server-model.ts';
import type { SignalCommand } from '../signals.ts';

/** Files below a folder that are looked at, each second. */
const BELOW_MAX = 10_000;

export interface TouchWatchParts {
  readonly touched: readonly Touched[];
  /** The time of the last change, or undefined where there is no such file. */
  readonly changedAtMs: (path: string) => number | undefined;
  readonly obey: (command: SignalCommand, why: string) => void;
}

export class TouchWatch {
  readonly #parts: TouchWatchParts;
  readonly #seen: (number | undefined)[];

  constructor(parts: TouchWatchParts) {
    this.#parts = parts;
    this.#seen = parts.touched.map((each) => this.#stateOf(each));
  }

  look(): void {
    for (const [index, touched] of this.#parts.touched.entries()) {
      const state = this.#stateOf(touched);
      // A file that is gone is about to be put there anew.
      if (state !== undefined && state !== this.#seen[index]) {
        this.#seen[index] = state;
        this.#parts.obey(touched.does === 'reopen-logs' ? 'reopen-logs' : 'reload', `${touched.path} was touched`);
      }
    }
  }

  #stateOf({ path, isDeep = false }: Touched): number | undefined {
    const { changedAtMs } = this.#parts;
    const times = [path, ...(isDeep ? below(path) : [])].flatMap((each) => changedAtMs(each) ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  }
}

function below(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .slice(0, BELOW_MAX)
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
