/**
 * How long JavaScript's engine, which tries every way in which an expression may match, takes in the worst case for a subject of some length. The bound is
 * found without running anything: for each part, in how many ways it may match from one place on, and how many steps all of them take together. Parts that
 * follow each other multiply, alternatives add, and a loop whose turns can match in two ways grows without any useful bound.
 */

import { addAll, emptySet, isDisjoint } from './byte-set.ts';
import { firstBytes, isAnchored, isNullable } from './shape.ts';
import type { RegexNode } from './syntax.ts';

/** Steps, of 1 to 10 ns each: the engine interprets an expression before it makes machine code of it. */
const STEPS_MAX = 500_000;
const SHORTEST = 8;
/** No subject is longer: fields and request lines have limits far below. */
const LONGEST = 1 << 20;

/** The length up to which no subject takes JavaScript's engine longer than a few milliseconds. */
export function harmlessLength(root: RegexNode): number {
  const costs = new Costs();
  const starts = (length: number): number => (isAnchored(root) ? 1 : length + 1);
  let length = 0;
  for (let next = SHORTEST; next <= LONGEST && starts(next) * costs.of(root, next).steps <= STEPS_MAX; next *= 2) {
    length = next;
  }
  return length;
}

interface Cost {
  readonly ways: number;
  readonly steps: number;
}

const NONE: Cost = { ways: 0, steps: 0 };
const ONE: Cost = { ways: 1, steps: 1 };

/** What can be said of parts whatever the length is, is found once. */
class Costs {
  readonly #endsByItself = new Map<RegexNode, boolean>();
  readonly #excludeEachOther = new Map<RegexNode, boolean>();

  of(node: RegexNode, length: number): Cost {
    switch (node.kind) {
      case 'set':
      case 'assertion':
      case 'keep':
        return ONE;
      case 'reference':
        return { ways: 1, steps: length };
      case 'capture':
        return this.of(node.body, length);
      case 'atomic':
      case 'look':
        return { ways: 1, steps: this.of(node.body, length).steps + 1 };
      case 'sequence':
        return this.#ofSequence(node.items, length);
      case 'choice':
        return this.#ofChoice(node, length);
      case 'repeat':
        return this.#ofRepeat(node, length);
    }
  }

  #ofSequence(items: readonly RegexNode[], length: number): Cost {
    let ways = 1;
    let steps = 1;
    items.forEach((item, index) => {
      const cost = this.of(item, length);
      steps += ways * cost.steps;
      if (remember(this.#endsByItself, item, () => endsByItself(item, items[index + 1]))) {
        // Every other length that the loop could have is tried as well, and ends at the next item's first byte.
        steps += ways * cost.ways;
      } else {
        ways *= cost.ways;
      }
    });
    return { ways, steps };
  }

  #ofChoice(node: Extract<RegexNode, { kind: 'choice' }>, length: number): Cost {
    const { branches } = node;
    const costs = branches.map((branch) => this.of(branch, length));
    if (remember(this.#excludeEachOther, node, () => excludeEachOther(branches))) {
      const steps = costs.reduce((most, cost) => Math.max(most, cost.steps), 0);
      return { ways: costs.reduce((most, cost) => Math.max(most, cost.ways), 0), steps: steps + branches.length };
    }
    return costs.reduce((sum, cost) => ({ ways: sum.ways + cost.ways, steps: sum.steps + cost.steps + 1 }), NONE);
  }

  #ofRepeat({ body, min, max }: Extract<RegexNode, { kind: 'repeat' }>, length: number): Cost {
    const turn = this.of(body, length);
    const most = Math.min(max, length + 1);
    const least = Math.min(min, most);
    if (turn.ways <= 1) {
      return { ways: most - least + 1, steps: most * turn.steps + most - least + 1 };
    }
    // The sum of ways^turns for each number of turns: Infinity for all but the smallest.
    const paths = (turn.ways ** (most + 1) - 1) / (turn.ways - 1);
    return { ways: paths, steps: paths * turn.steps };
  }
}

function remember(known: Map<RegexNode, boolean>, node: RegexNode, find: () => boolean): boolean {
  const before = known.get(node);
  if (before !== undefined) {
    return before;
  }
  const found = find();
  known.set(node, found);
  return found;
}

/** A loop over a set, before something that begins with no byte of the set: only one of its lengths leads on. */
function endsByItself(item: RegexNode, next: RegexNode | undefined): boolean {
  const loop = item.kind === 'capture' ? item.body : item;
  if (next === undefined || loop.kind !== 'repeat' || loop.body.kind !== 'set' || isNullable(next)) {
    return false;
  }
  const first = firstBytes(next);
  return first !== undefined && isDisjoint(loop.body.set, first);
}

/** Whether the first byte decides which alternative it is. */
function excludeEachOther(branches: readonly RegexNode[]): boolean {
  const seen = emptySet();
  return branches.every((branch) => {
    const first = firstBytes(branch);
    if (first === undefined || !isDisjoint(seen, first)) {
      return false;
    }
    addAll(seen, first);
    return true;
  });
}
