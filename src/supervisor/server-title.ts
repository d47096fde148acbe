/**
 * The name of a server in the list of processes: what it serves, and how far it is with what it was last told to do. `portico reload` and `portico stop` read it,
 * and whoever looks at ps: `portico serve shop.wsgi (reload 2 failed)`.
 */

import type { ServiceState } from './fleet-types.ts';

export type ReloadState = 'runs' | 'done' | 'failed';

export interface ServerTitle {
  /** Reloads that were begun since the start. */
  readonly reloadCount: number;
  /** Of the last one. */
  readonly reload: ReloadState;
  readonly isStopping: boolean;
}

const BEGINNING = 'portico serve';

export class TitleWriter {
  readonly #name: string;
  readonly #write: (title: string) => void;
  #reloadCount = 0;

  constructor(app: string, write: (title: string) => void) {
    this.#name = `${BEGINNING} ${app}`.trimEnd();
    this.#write = write;
  }

  tell(state: ServiceState, isOld: boolean): void {
    if (state === 'reloading') {
      this.#reloadCount += 1;
    }
    const reload = state === 'reloading' ? 'runs' : isOld ? 'failed' : 'done';
    const words =
      state === 'stopping' ? ' (stops)' : this.#reloadCount === 0 ? '' : ` (reload ${this.#reloadCount} ${reload})`;
    this.#write(this.#name + words);
  }
}

/** Undefined for a process that is no server of ours. `text` is the command line as the kernel has it, with a NUL behind it. */
export function parseTitle(text: string): ServerTitle | undefined {
  const title = text.replace(/\0[\s\S]*$/, '');
  if (title !== BEGINNING && !title.startsWith(`${BEGINNING} `)) {
    return undefined;
  }
  const [, count = '0', reload = 'done'] = / \(reload (\d+) (runs|done|failed)\)$/.exec(title) ?? [];
  // The expression has these three words.
  return { reloadCount: Number(count), reload: reload as ReloadState, isStopping: title.endsWith(' (stops)') };
}
