/** What all pages of one client's request share: the variables that their commands set, the captures of the last regex, and the blocks that stand for what is missing. */

import type { Route } from '../../pipeline/route.ts';

const USUAL_FORMAT = '%A, %d-%b-%Y %H:%M:%S %Z';
/** All blocks of a request together. */
const BLOCK_BYTES_MAX = 1_048_576;
/** What a block costs beside its bytes, and each piece of one: two hundred thousand blocks of one byte had a hundred megabytes. */
const PIECE_BYTES = 256;
/** Variables that the pages of a request may set. */
const VARIABLES_MAX = 1000;

export class SsiState {
  readonly variables: Map<string, string> = new Map();
  captures: readonly (string | undefined)[] = [];
  readonly #blocks = new Map<string, Buffer[]>();
  #blockBytes = 0;

  /** False: there are too many. */
  set(name: string, value: string): boolean {
    if (this.variables.size >= VARIABLES_MAX && !this.variables.has(name)) {
      return false;
    }
    this.variables.set(name, value);
    return true;
  }

  /** Beyond what blocks may have there is none of this name, and nothing can be added to it. */
  openBlock(name: string): void {
    this.#blockBytes += PIECE_BYTES;
    if (this.#blockBytes <= BLOCK_BYTES_MAX) {
      this.#blocks.set(name, []);
    }
  }

  /** False: there is too much in blocks. */
  addToBlock(name: string, bytes: Buffer): boolean {
    this.#blockBytes += PIECE_BYTES + bytes.length;
    if (this.#blockBytes > BLOCK_BYTES_MAX) {
      return false;
    }
    this.#blocks.get(name)?.push(Buffer.from(bytes));
    return true;
  }

  block(name: string): Buffer | undefined {
    const parts = this.#blocks.get(name);
    return parts === undefined ? undefined : Buffer.concat(parts);
  }
}

const states = new WeakMap<Route, SsiState>();
const formats = new WeakMap<Route, string>();

export function ssiStateOf({ main }: Route): SsiState {
  let state = states.get(main);
  if (state === undefined) {
    state = new SsiState();
    states.set(main, state);
  }
  return state;
}

/** `config timefmt` of the page that is the response of this route. */
export function setTimeFormat(route: Route, format: string): void {
  formats.set(route, format);
}

export function timeFormatOf(route: Route): string {
  return formats.get(route) ?? USUAL_FORMAT;
}
