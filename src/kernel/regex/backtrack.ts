/**
 * Runs a program of `program.ts`: PCRE's way of matching, with PCRE's order of trying, and with a limit of steps. Whoever writes the subject decides how often an
 * expression goes back and tries again, so what goes on too long ends as "too costly", as PCRE ends a match at its own limit.
 *
 * After a while it begins to remember at which places in the subject which choices were met. One that is met again has failed before, and is not tried again: what
 * would double with each byte grows with the length alone. That holds where what follows depends on nothing but the place: not with references to groups, and not
 * inside look-arounds and atomic groups, which are left at their first success.
 */

import type { ByteSet } from './byte-set.ts';
import { foldCase, WORD_BYTES } from './byte-set.ts';
import type { Program } from './program.ts';
import { OP, PLACE, UNLIMITED, WIDTH } from './program.ts';

/** Steps of one match, of 10 to 40 ns: 2 to 6 ms. */
const STEPS_MAX = 200_000;
/** Steps after which choices are remembered: most matches end before, and need no memory. */
const REMEMBER_AFTER = 2_000;
/** Bits: choices times places. A megabyte for a thread. */
const REMEMBERED_MAX = 8 * 1024 * 1024;

/** What `backtrack` gives beside the positions. */
export const NO_MATCH = 0;
export const MATCH = 1;
export const TOO_COSTLY = 2;

/** Each entry of the stack is four numbers: its kind, and three more. */
const ENTRY = 4;
/** target, position. */
const RESUME = 0;
/** slot, value to put back. */
const RESTORE = 1;
/** instruction, position that was tried, least position. */
const SHORTER = 2;
/** instruction, position that was tried, greatest position. */
const LONGER = 3;

const STACK_FIRST = 4096;
let stack = new Int32Array(STACK_FIRST);
let remembered = new Uint32Array(0);

/** Matches from `subject`'s first place on that has a match; the positions are left in `slots`. */
export function backtrack(program: Program, subject: string, slots: Int32Array): number {
  return new Run(program, subject, slots).search();
}

class Run {
  readonly #program: Program;
  readonly #subject: string;
  readonly #slots: Int32Array;
  #top = 0;
  #steps = 0;
  #isRemembering = false;
  #isTooCostly = false;

  constructor(program: Program, subject: string, slots: Int32Array) {
    this.#program = program;
    this.#subject = subject;
    this.#slots = slots;
  }

  search(): number {
    const { isAnchored, first } = this.#program;
    const last = isAnchored ? 0 : this.#subject.length;
    for (let start = 0; start <= last && !this.#isTooCostly; start += 1) {
      if (first !== undefined && first[this.#subject.charCodeAt(start)] !== 1) {
        continue;
      }
      this.#top = 0;
      this.#slots.fill(-1);
      this.#slots[0] = start;
      const end = this.#run(0, start, 0);
      if (end >= 0) {
        this.#slots[1] = end;
        return MATCH;
      }
    }
    return this.#isTooCostly ? TOO_COSTLY : NO_MATCH;
  }

  /** The position at which the body that begins at `start` accepts; -1 if it does not. `depth` counts bodies inside bodies. */
  #run(start: number, from: number, depth: number): number {
    const { code, sets } = this.#program;
    const subject = this.#subject;
    const base = this.#top;
    let instruction = start;
    let position = from;
    for (;;) {
      this.#steps += 1;
      if (this.#steps > REMEMBER_AFTER && !this.#spend()) {
        return -1;
      }
      const at = instruction * WIDTH;
      const a = code[at + 1]!;
      let isOn = true;
      switch (code[at]) {
        case OP.SET:
          isOn = sets[a]![subject.charCodeAt(position)] === 1;
          position += 1;
          instruction += 1;
          break;
        case OP.SPLIT:
          isOn = this.#isNew(instruction, position, depth);
          if (isOn) {
            this.#push(RESUME, code[at + 2]!, position, 0);
            instruction = a;
          }
          break;
        case OP.JUMP:
          instruction = a;
          break;
        case OP.SAVE:
          this.#save(a, position);
          instruction += 1;
          break;
        case OP.ASSERT:
          isOn = holds(a, subject, position);
          instruction += 1;
          break;
        case OP.BACK:
          position -= a;
          isOn = position >= 0;
          instruction += 1;
          break;
        case OP.IF_EMPTY:
          instruction = this.#slots[a] === position ? code[at + 2]! : instruction + 1;
          break;
        case OP.ACCEPT:
          return position;
        default: {
          const after = this.#complex(instruction, position, depth);
          isOn = after >= 0;
          position = after;
          instruction = code[at] === OP.LOOK || code[at] === OP.ATOMIC ? a : instruction + 1;
        }
      }
      if (!isOn) {
        if (!this.#goBack(base, depth)) {
          return -1;
        }
        instruction = this.#backTo;
        position = this.#backAt;
      }
    }
  }

  #backTo = 0;
  #backAt = 0;

  /** Finds what is to be tried next; false if there is nothing above `base`. */
  #goBack(base: number, depth: number): boolean {
    while (this.#top > base && !this.#isTooCostly) {
      this.#top -= ENTRY;
      const at = this.#top;
      const one = stack[at + 1]!;
      const two = stack[at + 2]!;
      switch (stack[at]) {
        case RESTORE:
          this.#slots[one] = two;
          break;
        case SHORTER:
          this.#steps += 1;
          this.#backTo = one + 1;
          this.#backAt = two - 1;
          if (two - 1 > stack[at + 3]!) {
            this.#push(SHORTER, one, two - 1, stack[at + 3]!);
          }
          return true;
        case LONGER:
          this.#steps += 1;
          if (this.#lengthen(one, two, stack[at + 3]!, depth)) {
            return true;
          }
          break;
        default:
          this.#backTo = one;
          this.#backAt = two;
          return true;
      }
    }
    return false;
  }

  #lengthen(instruction: number, position: number, most: number, depth: number): boolean {
    const set = this.#setOf(instruction);
    if (position >= most || set[this.#subject.charCodeAt(position)] !== 1) {
      return false;
    }
    const isUnlimited = this.#program.code[instruction * WIDTH + 3] === UNLIMITED;
    if (isUnlimited && !this.#isNew(instruction, position + 1, depth)) {
      return false;
    }
    this.#push(LONGER, instruction, position + 1, most);
    this.#backTo = instruction + 1;
    this.#backAt = position + 1;
    return true;
  }

  #setOf(instruction: number): ByteSet {
    return this.#program.sets[this.#program.code[instruction * WIDTH + 1]!]!;
  }

  /** The position behind the instruction, or -1. */
  #complex(instruction: number, position: number, depth: number): number {
    const { code } = this.#program;
    const at = instruction * WIDTH;
    switch (code[at]) {
      case OP.REPEAT_GREEDY:
        return this.#repeatGreedy(instruction, position, depth);
      case OP.REPEAT_LAZY:
        if (!this.#isNew(instruction, position, depth)) {
          return -1;
        }
        this.#push(LONGER, instruction, position, this.#farthest(position, code[at + 3]!));
        return position;
      case OP.REPEAT_POSSESSIVE: {
        const end = this.#scan(instruction, position, this.#farthest(position, code[at + 3]!));
        return end - position >= code[at + 2]! ? end : -1;
      }
      case OP.REFERENCE:
        return this.#refer(this.#program.references[code[at + 1]!]!, code[at + 2] === 1, position);
      case OP.ATOMIC:
        return this.#once(instruction + 1, position, depth);
      default:
        return this.#look(instruction, position, depth);
    }
  }

  #farthest(position: number, count: number): number {
    return count === UNLIMITED ? this.#subject.length : Math.min(this.#subject.length, position + count);
  }

  #scan(instruction: number, position: number, limit: number): number {
    const set = this.#setOf(instruction);
    let end = position;
    while (end < limit && set[this.#subject.charCodeAt(end)] === 1) {
      end += 1;
    }
    this.#steps += (end - position) >> SCAN_SHIFT;
    return end;
  }

  #repeatGreedy(instruction: number, position: number, depth: number): number {
    if (!this.#isNew(instruction, position, depth)) {
      return -1;
    }
    const most = this.#program.code[instruction * WIDTH + 3]!;
    const end =
      most === UNLIMITED && this.#isRemembering && depth === 0
        ? this.#scanNew(instruction, position, depth)
        : this.#scan(instruction, position, this.#farthest(position, most));
    if (end > position) {
      this.#push(SHORTER, instruction, end, position);
    }
    return end;
  }

  /** A place that the loop has reached before has been tried with all that follows it. */
  #scanNew(instruction: number, position: number, depth: number): number {
    const set = this.#setOf(instruction);
    const subject = this.#subject;
    let end = position;
    while (set[subject.charCodeAt(end)] === 1 && this.#isNew(instruction, end + 1, depth)) {
      end += 1;
    }
    this.#steps += end - position;
    return end;
  }

  #refer(groups: readonly number[], isCaseless: boolean, position: number): number {
    const group = groups.find((number) => this.#slots[2 * number + 1]! >= 0);
    if (group === undefined) {
      return -1;
    }
    const start = this.#slots[2 * group]!;
    const length = this.#slots[2 * group + 1]! - start;
    this.#steps += length >> SCAN_SHIFT;
    const subject = this.#subject;
    for (let index = 0; index < length; index += 1) {
      const one = subject.charCodeAt(start + index);
      const other = subject.charCodeAt(position + index);
      if (one !== other && !(isCaseless && foldCase(one) === foldCase(other))) {
        return -1;
      }
    }
    return position + length;
  }

  /** Runs a body and forgets what else it could have matched. What it captured is put back if the rest fails. */
  #once(start: number, position: number, depth: number): number {
    this.#steps += BODY_STEPS;
    const base = this.#top;
    const end = this.#run(start, position, depth + 1);
    let kept = base;
    for (let at = base; at < this.#top; at += ENTRY) {
      if (stack[at] === RESTORE) {
        stack.copyWithin(kept, at, at + ENTRY);
        kept += ENTRY;
      }
    }
    this.#top = kept;
    return end;
  }

  #look(instruction: number, position: number, depth: number): number {
    const isNegative = this.#program.code[instruction * WIDTH + 2] === 1;
    if (!isNegative) {
      return this.#once(instruction + 1, position, depth) < 0 ? -1 : position;
    }
    this.#steps += BODY_STEPS;
    const base = this.#top;
    const end = this.#run(instruction + 1, position, depth + 1);
    while (this.#top > base) {
      this.#top -= ENTRY;
      if (stack[this.#top] === RESTORE) {
        this.#slots[stack[this.#top + 1]!] = stack[this.#top + 2]!;
      }
    }
    return end < 0 && !this.#isTooCostly ? position : -1;
  }

  #save(slot: number, position: number): void {
    this.#push(RESTORE, slot, this.#slots[slot]!, 0);
    this.#slots[slot] = position;
  }

  #push(kind: number, one: number, two: number, three: number): void {
    if (this.#top + ENTRY > stack.length) {
      const larger = new Int32Array(stack.length * 2);
      larger.set(stack);
      stack = larger;
    }
    stack[this.#top] = kind;
    stack[this.#top + 1] = one;
    stack[this.#top + 2] = two;
    stack[this.#top + 3] = three;
    this.#top += ENTRY;
  }

  /** Called for each step beyond the first ones; false when there were too many. */
  #spend(): boolean {
    if (this.#steps > STEPS_MAX) {
      this.#isTooCostly = true;
      return false;
    }
    if (!this.#isRemembering) {
      this.#beginToRemember();
    }
    return true;
  }

  #beginToRemember(): void {
    const { canRemember, choiceCount } = this.#program;
    const bits = choiceCount * (this.#subject.length + 1);
    if (!canRemember || bits > REMEMBERED_MAX) {
      return;
    }
    this.#isRemembering = true;
    const words = (bits >> 5) + 1;
    if (remembered.length < words) {
      remembered = new Uint32Array(words);
    } else {
      remembered.fill(0, 0, words);
    }
  }

  /** False if this choice was met at this place before, which is noted. */
  #isNew(instruction: number, position: number, depth: number): boolean {
    if (!this.#isRemembering || depth > 0) {
      return true;
    }
    const bit = this.#program.choices[instruction]! * (this.#subject.length + 1) + position;
    const mask = 1 << (bit & 31);
    const word = remembered[bit >> 5]!;
    remembered[bit >> 5] = word | mask;
    return (word & mask) === 0;
  }
}

/** To run a body costs more than a step. */
const BODY_STEPS = 8;
/** To pass a byte in a loop over a set costs an eighth of a step. */
const SCAN_SHIFT = 3;
const NEWLINE = 0x0a;

function holds(place: number, subject: string, position: number): boolean {
  const { length } = subject;
  switch (place) {
    case PLACE['subject-start']:
      return position === 0;
    case PLACE['subject-end']:
      return position === length;
    case PLACE['last-line-end']:
      return position === length || (position === length - 1 && subject.charCodeAt(position) === NEWLINE);
    case PLACE['line-start']:
      return position === 0 || (position < length && subject.charCodeAt(position - 1) === NEWLINE);
    case PLACE['line-end']:
      return position === length || subject.charCodeAt(position) === NEWLINE;
    default:
      return (isWord(subject, position - 1) !== isWord(subject, position)) === (place === PLACE['word-boundary']);
  }
}

function isWord(subject: string, position: number): boolean {
  return WORD_BYTES[subject.charCodeAt(position)] === 1;
}
