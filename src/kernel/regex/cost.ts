/**
 * How long JavaScript's engine, which tries every way in which an expression may match, takes in the worst case for a subject of some length. The bound is
 * found without running anything: for each part, in how many ways it may match from one place on, and how many steps all of them take together. Parts that
 * follow each other multiply, alternatives add, and a loop whose turns can match in two ways grows without any useful bound.
 */

import { isDisjoint } from './byte-set.ts';
import { firstBytes, isAnchored, isNullable } from './shape.ts';
import type { RegexNode } from './syntax.ts';

/** Steps, of 1 to 10 ns each: the engine interprets an expression before it makes machine code of it. */
const STEPS_MAX = 500_000;
const SHORTEST = 8;
/** No subject is longer: fields and request lines have limits far below. */
const LONGEST = 1 << 20;

/** The length up to which no subject takes JavaScript's engine longer than a few milliseconds. */
export function harmlessLength(root: RegexNode): number {
  let length = 0;
  for (let next = SHORTEST; next <= LONGEST && stepsFor(root, next) <= STEPS_MAX; next *= 2) {
    length = next;
  }
  return length;
}

export function stepsFor(root: RegexNode, length: number): number {
  const starts = isAnchored(root) ? 1 : length + 1;
  return starts * costOf(root, length).steps;
}

interface Cost {
  readonly ways: number;
  readonly steps: number;
}

const NONE: Cost = { ways: 0, steps: 0 };
const ONE: Cost = { ways: 1, steps: 1 };

function costOf(node: RegexNode, length: number): Cost {
  switch (node.kind) {
    case 'set':
    case 'assertion':
    case 'keep':
      return ONE;
    case 'reference':
      return { ways: 1, steps: length };
    case 'capture':
      return costOf(node.body, length);
    case 'atomic':
    case 'look':
      return { ways: 1, steps: costOf(node.body, length).steps + 1 };
    case 'sequence':
      return costOfSequence(node.items, length);
    case 'choice':
      return costOfChoice(node.branches, length);
    case 'repeat':
      return costOfRepeat(node, length);
  }
}

function costOfSequence(items: readonly RegexNode[], length: number): Cost {
  let ways = 1;
  let steps = 1;
  items.forEach((item, index) => {
    const cost = costOf(item, length);
    steps += ways * cost.steps;
    if (endsByItself(item, items[index + 1])) {
      // Every other length that the loop could have is tried as well, and ends at the next item's first byte.
      steps += ways * cost.ways;
    } else {
      ways *= cost.ways;
    }
  });
  return { ways, steps };
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

function costOfChoice(branches: readonly RegexNode[], length: number): Cost {
  const costs = branches.map((branch) => costOf(branch, length));
  if (excludeEachOther(branches)) {
    const steps = costs.reduce((most, cost) => Math.max(most, cost.steps), 0);
    return { ways: costs.reduce((most, cost) => Math.max(most, cost.ways), 0), steps: steps + branches.length };
  }
  return costs.reduce((sum, cost) => ({ ways: sum.ways + cost.ways, steps: sum.steps + cost.steps + 1 }), NONE);
}

/** Whether the first byte decides which alternative it is. */
function excludeEachOther(branches: readonly RegexNode[]): boolean {
  const seen = new Uint8Array(256);
  return branches.every((branch) => {
    const first = firstBytes(branch);
    if (first === undefined || !isDisjoint(seen, first)) {
      return false;
    }
    first.forEach((member, byte) => {
      seen[byte] = (seen[byte] ?? 0) | member;
    });
    return true;
  });
}

function costOfRepeat({ body, min, max }: Extract<RegexNode, { kind: 'repeat' }>, length: number): Cost {
  const turn = costOf(body, length);
  const most = Math.min(max, length + 1);
  const least = Math.min(min, most);
  if (turn.ways <= 1) {
    return { ways: most - least + 1, steps: most * turn.steps + most - least + 1 };
  }
  // The sum of ways^turns for each number of turns: Infinity for all but the smallest.
  const paths = (turn.ways ** (most + 1) - 1) / (turn.ways - 1);
  return { ways: paths, steps: paths * turn.steps };
}
