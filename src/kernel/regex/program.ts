/** An expression as instructions for `backtrack.ts`. */

import type { ByteSet } from './byte-set.ts';
import { childrenOf, firstBytes, fixedLength, isAnchored, isNullable } from './shape.ts';
import type { AssertionPlace, ParsedRegex, RegexNode, RepeatMode } from './syntax.ts';

/** Each instruction is four numbers: the operation and its operands a, b, c. */
export const WIDTH = 4;

export const OP = {
  /** a: set. */
  SET: 0,
  /** a: tried first, b: tried if that fails. */
  SPLIT: 1,
  /** a: target. */
  JUMP: 2,
  /** a: slot, which gets the position. */
  SAVE: 3,
  /** a: place, one of PLACE. */
  ASSERT: 4,
  /** a: set, b: least, c: most. One instruction for each mode. */
  REPEAT_GREEDY: 5,
  REPEAT_LAZY: 6,
  REPEAT_POSSESSIVE: 7,
  /** a: behind its body, b: 1 if it must not match. The body follows. */
  LOOK: 8,
  /** a: behind its body. The body follows. */
  ATOMIC: 9,
  /** a: index of a list of groups, b: 1 without regard to case. */
  REFERENCE: 10,
  /** a: slot with the position at which the turn began, b: where to go on if it was empty. */
  IF_EMPTY: 11,
  /** a: how many bytes to go back. */
  BACK: 12,
  /** The end of the expression, or of a body. */
  ACCEPT: 13,
} as const;

/** The operand of ASSERT. */
export const PLACE: Readonly<Record<AssertionPlace, number>> = {
  'subject-start': 0,
  'subject-end': 1,
  'last-line-end': 2,
  'line-start': 3,
  'line-end': 4,
  'word-boundary': 5,
  'no-word-boundary': 6,
};

/** Stands for no limit. */
export const UNLIMITED = 0x7fff_ffff;

export interface Program {
  readonly code: Int32Array;
  readonly sets: readonly ByteSet[];
  readonly references: readonly (readonly number[])[];
  /** By instruction: its number among those that have a choice, or -1. */
  readonly choices: Int32Array;
  readonly choiceCount: number;
  /** Beginning and end of the match and of each group, then the registers of loops. */
  readonly slotCount: number;
  readonly isAnchored: boolean;
  readonly first: ByteSet | undefined;
  /** A place from which no match was found has none whatever was captured on the way there. */
  readonly canRemember: boolean;
}

/** Instructions. Counted groups are written out, so that a few bytes can ask for millions. */
const INSTRUCTIONS_MAX = 50_000;

/** Undefined: too large. */
export function compileProgram(parsed: ParsedRegex): Program | undefined {
  return new Compiler(parsed).compile();
}

class Compiler {
  readonly #parsed: ParsedRegex;
  readonly #code: number[] = [];
  readonly #sets: ByteSet[] = [];
  readonly #references: (readonly number[])[] = [];
  #slots: number;

  constructor(parsed: ParsedRegex) {
    this.#parsed = parsed;
    this.#slots = 2 * (parsed.groupCount + 1);
  }

  compile(): Program | undefined {
    const { root } = this.#parsed;
    this.#node(root);
    this.#emit(OP.ACCEPT);
    const count = this.#code.length / WIDTH;
    if (this.#isFull()) {
      return undefined;
    }
    const code = Int32Array.from(this.#code);
    const choices = new Int32Array(count).fill(-1);
    let choiceCount = 0;
    for (let index = 0; index < count; index += 1) {
      const operation = code[index * WIDTH];
      if (operation === OP.SPLIT || operation === OP.REPEAT_GREEDY || operation === OP.REPEAT_LAZY) {
        choices[index] = choiceCount;
        choiceCount += 1;
      }
    }
    return {
      code,
      sets: this.#sets,
      references: this.#references,
      choices,
      choiceCount,
      slotCount: this.#slots,
      isAnchored: isAnchored(root),
      first: firstBytes(root),
      canRemember: !hasReference(root),
    };
  }

  #isFull(): boolean {
    return this.#code.length > INSTRUCTIONS_MAX * WIDTH;
  }

  get #here(): number {
    return this.#code.length / WIDTH;
  }

  /** The index of the instruction, whose operands may be filled in later. */
  #emit(operation: number, a = 0, b = 0, c = 0): number {
    this.#code.push(operation, a, b, c);
    return this.#here - 1;
  }

  #patch(instruction: number, operand: number, value: number): void {
    this.#code[instruction * WIDTH + operand] = value;
  }

  #set(set: ByteSet): number {
    return this.#sets.push(set) - 1;
  }

  #node(node: RegexNode): void {
    if (this.#isFull()) {
      return;
    }
    switch (node.kind) {
      case 'set':
        this.#emit(OP.SET, this.#set(node.set));
        return;
      case 'sequence':
        node.items.forEach((item) => {
          this.#node(item);
        });
        return;
      case 'choice':
        this.#choice(node.branches, (branch) => this.#node(branch));
        return;
      case 'capture':
        this.#emit(OP.SAVE, 2 * node.number);
        this.#node(node.body);
        this.#emit(OP.SAVE, 2 * node.number + 1);
        return;
      case 'repeat':
        this.#repeat(node);
        return;
      case 'assertion':
        this.#emit(OP.ASSERT, PLACE[node.place]);
        return;
      case 'look':
        this.#body(this.#emit(OP.LOOK, 0, node.negative ? 1 : 0), () => this.#look(node.body, node.behind));
        return;
      case 'atomic':
        this.#body(this.#emit(OP.ATOMIC), () => this.#node(node.body));
        return;
      case 'reference':
        this.#emit(OP.REFERENCE, this.#references.push(node.groups) - 1, node.caseless ? 1 : 0);
        return;
      case 'keep':
        this.#emit(OP.SAVE, 0);
    }
  }

  #choice(branches: readonly RegexNode[], write: (branch: RegexNode) => void): void {
    const ends: number[] = [];
    branches.forEach((branch, index) => {
      if (index === branches.length - 1) {
        write(branch);
        return;
      }
      const split = this.#emit(OP.SPLIT, this.#here + 1);
      write(branch);
      ends.push(this.#emit(OP.JUMP));
      this.#patch(split, 2, this.#here);
    });
    for (const end of ends) {
      this.#patch(end, 1, this.#here);
    }
  }

  #body(opening: number, write: () => void): void {
    write();
    this.#emit(OP.ACCEPT);
    this.#patch(opening, 1, this.#here);
  }

  #look(body: RegexNode, behind: boolean): void {
    if (!behind) {
      this.#node(body);
      return;
    }
    this.#choice(body.kind === 'choice' ? body.branches : [body], (branch) => {
      this.#emit(OP.BACK, fixedLength(branch) ?? 0);
      this.#node(branch);
    });
  }

  #repeat(node: Extract<RegexNode, { kind: 'repeat' }>): void {
    const { body, min, max, mode } = node;
    if (body.kind === 'set') {
      this.#repeatSet(body.set, node);
      return;
    }
    if (mode === 'possessive') {
      this.#body(this.#emit(OP.ATOMIC), () => this.#repeat({ ...node, mode: 'greedy' }));
      return;
    }
    for (let count = 0; count < min && !this.#isFull(); count += 1) {
      this.#node(body);
    }
    if (max === Number.POSITIVE_INFINITY) {
      this.#loop(body, mode);
      return;
    }
    const splits: number[] = [];
    for (let count = min; count < max && !this.#isFull(); count += 1) {
      splits.push(this.#split(mode));
      this.#node(body);
    }
    for (const split of splits) {
      this.#leave(split, mode);
    }
  }

  /** The part of a fixed count is apart: where it ends, only the position matters for what follows, and no longer the count. */
  #repeatSet(set: ByteSet, { min, max, mode }: Extract<RegexNode, { kind: 'repeat' }>): void {
    const index = this.#set(set);
    if (min > 0) {
      this.#emit(OP.REPEAT_POSSESSIVE, index, min, min);
    }
    if (max > min) {
      this.#emit(REPEATS[mode], index, 0, max === Number.POSITIVE_INFINITY ? UNLIMITED : max - min);
    }
  }

  #loop(body: RegexNode, mode: RepeatMode): void {
    const top = this.#split(mode);
    if (!isNullable(body)) {
      this.#node(body);
      this.#emit(OP.JUMP, top);
    } else {
      const slot = this.#slots;
      this.#slots += 1;
      this.#emit(OP.SAVE, slot);
      this.#node(body);
      const check = this.#emit(OP.IF_EMPTY, slot);
      this.#emit(OP.JUMP, top);
      this.#patch(check, 2, this.#here);
    }
    this.#leave(top, mode);
  }

  #split(mode: RepeatMode): number {
    const split = this.#emit(OP.SPLIT);
    this.#patch(split, mode === 'lazy' ? 2 : 1, this.#here);
    return split;
  }

  #leave(split: number, mode: RepeatMode): void {
    this.#patch(split, mode === 'lazy' ? 1 : 2, this.#here);
  }
}

const REPEATS: Readonly<Record<RepeatMode, number>> = {
  greedy: OP.REPEAT_GREEDY,
  lazy: OP.REPEAT_LAZY,
  possessive: OP.REPEAT_POSSESSIVE,
};

function hasReference(node: RegexNode): boolean {
  return node.kind === 'reference' || childrenOf(node).some(hasReference);
}
