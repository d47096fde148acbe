/**
 * The name of a server in the list of processes: what it serves, and how far it is with what it was last told to do. `portico reload` and `portico stop` read it,
 * and whoever looks at ps: `portico serve shop.wsgi (reload 2 failed)`.
 */

/** `failed`: the version before serves. `broken`: none does, and with --reload a page says why. */
export type ReloadState = 'runs' | 'done' | 'failed' | 'broken';

export interface ServerTitle {
  /** Reloads that were asked for since the start. */
  readonly reloadCount: number;
  /** Of the last one. */
  readonly reload: ReloadState;
  readonly isStopping: boolean;
}

/** With whatever follows: a server by its own command, and one that stands in for nginx or gunicorn. */
const BEGINNINGS = ['portico serve', 'nginx: master process portico nginx', 'gunicorn: master'];

export class TitleWriter {
  readonly #name: string;
  readonly #write: (title: string) => void;

  /** `name`: of the server, before what it does. */
  constructor(name: string, write: (title: string) => void) {
    this.#name = name;
    this.#write = write;
  }

  tell({ reloadCount, reload, isStopping }: ServerTitle): void {
    const words = isStopping ? ' (stops)' : reloadCount === 0 ? '' : ` (reload ${reloadCount} ${reload})`;
    this.#write(this.#name + words);
  }
}

/** Undefined for a process that is no server of ours. `text` is the command line as the kernel has it, with a NUL behind it. */
export function parseTitle(text: string): ServerTitle | undefined {
  const title = text.replace(/\0[\s\S]*$/, '');
  if (!BEGINNINGS.some((beginning) => title === beginning || title.startsWith(`${beginning} `))) {
    return undefined;
  }
  const [, count = '0', reload = 'done'] = / \(reload (\d+) (runs|done|failed|broken)\)$/.exec(title) ?? [];
  // The expression has these words.
  return { reloadCount: Number(count), reload: reload as ReloadState, isStopping: title.endsWith(' (stops)') };
}
