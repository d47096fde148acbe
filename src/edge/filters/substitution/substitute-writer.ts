/**
 * Replaces byte strings in a body as it goes by. Of several that match, the one that begins first is replaced, and of those that begin with the same byte the one
 * that stands first in the configuration. What may be the beginning of a string is held back until that is decided.
 */

import type { BodyWriter, Source } from '../../pipeline/filters/body-writer.ts';
import { ScanningWriter } from '../scanning-writer.ts';
import type { PatternAutomaton } from './pattern-automaton.ts';

export interface Replacements {
  readonly automaton: PatternAutomaton;
  readonly count: number;
  /** What stands in the place of a pattern, made when it is found. */
  readonly replacement: (pattern: number) => Buffer;
  /** Each pattern is replaced the first time only. */
  readonly isOnce: boolean;
}

interface Found {
  readonly pattern: number;
  readonly start: number;
  readonly end: number;
}

export class SubstituteWriter extends ScanningWriter {
  readonly #replacements: Replacements;
  readonly #automaton: PatternAutomaton;
  readonly #used = new Set<number>();
  /** Of the automaton, behind the bytes that are held. */
  #state = 0;
  /** Read, and neither replaced nor let go: never longer than the longest pattern. */
  #held: Buffer = NOTHING;
  /** The best match so far, counted from the first byte that is held. */
  #best: Found | undefined;

  constructor(replacements: Replacements, next: BodyWriter, before: Source) {
    super(next, before);
    this.#replacements = replacements;
    this.#automaton = replacements.automaton;
  }

  protected override scan(bytes: Buffer, from: number): number {
    const slice = from === 0 ? bytes : bytes.subarray(from);
    if (this.#isIdle()) {
      this.put(slice);
      return bytes.length;
    }
    const heldBytes = this.#held.length;
    const all = heldBytes === 0 ? slice : Buffer.concat([this.#held, slice]);
    const read = this.#replaceIn(all, heldBytes, false);
    return read === undefined ? bytes.length : from + read - heldBytes;
  }

  protected override finish(): void {
    this.#replaceIn(this.#held, this.#held.length, true);
  }

  /** Once, and all have been replaced: the rest of the body goes by. */
  #isIdle(): boolean {
    return this.#replacements.isOnce && this.#used.size === this.#replacements.count;
  }

  /**
   * Replaces what it finds in `all`, of which the automaton has seen the first `seen` bytes, and keeps what is not decided. Returns up to where it has read if the client is
   * behind, so that a short body with long replacements does not become gigabytes at once.
   */
  #replaceIn(all: Buffer, seen: number, isLast: boolean): number | undefined {
    let from = 0;
    let at = seen;
    for (;;) {
      at = this.#advance(all, at);
      const best = this.#best;
      if (best === undefined || (at === all.length && !isLast && !this.#isDecided(best, at))) {
        break;
      }
      this.put(all.subarray(from, best.start));
      this.put(this.#replacements.replacement(best.pattern));
      this.#used.add(best.pattern);
      this.#best = undefined;
      this.#state = 0;
      from = best.end;
      at = from;
      if (this.#isIdle()) {
        this.put(all.subarray(from));
        this.#held = NOTHING;
        return undefined;
      }
      if (this.mustStop && from >= seen && !isLast) {
        this.#held = NOTHING;
        return from;
      }
    }
    this.#keep(all, from, isLast);
    return undefined;
  }

  /** Goes on until a match is decided, or to the end. */
  #advance(all: Buffer, start: number): number {
    const automaton = this.#automaton;
    let at = start;
    let state = this.#state;
    while (at < all.length) {
      if (this.#best !== undefined && this.#isDecided(this.#best, at)) {
        break;
      }
      if (state === 0) {
        at = automaton.skip(all, at, all.length);
        if (at === all.length) {
          break;
        }
      }
      state = automaton.step(state, all[at] ?? 0);
      this.#state = state;
      at += 1;
      for (const pattern of automaton.endsAt(state)) {
        this.#notice(pattern, at);
      }
    }
    return at;
  }

  #notice(pattern: number, end: number): void {
    if (this.#replacements.isOnce && this.#used.has(pattern)) {
      return;
    }
    const start = end - this.#automaton.lengthOf(pattern);
    const best = this.#best;
    if (best === undefined || start < best.start || (start === best.start && pattern < best.pattern)) {
      this.#best = { pattern, start, end };
    }
  }

  /** Nothing that goes on after `at` could take the place of the match. */
  #isDecided({ start, pattern }: Found, at: number): boolean {
    const begins = at - this.#automaton.depthOf(this.#state);
    return begins > start || (begins === start && this.#automaton.firstBelow(this.#state) > pattern);
  }

  #keep(all: Buffer, from: number, isLast: boolean): void {
    const begins = all.length - this.#automaton.depthOf(this.#state);
    const best = this.#best;
    const kept = isLast ? all.length : Math.min(begins, best?.start ?? begins);
    this.put(all.subarray(from, kept));
    this.#held = all.subarray(kept);
    this.#best = best === undefined ? undefined : { ...best, start: best.start - kept, end: best.end - kept };
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
