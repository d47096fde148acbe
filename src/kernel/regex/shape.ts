/** What can be said of an expression without running it: how long its matches are, and by which bytes they begin. */

import type { ByteSet } from './byte-set.ts';
import { union } from './byte-set.ts';
import type { RegexNode } from './syntax.ts';

/** The one length of everything that matches; undefined if there are several. */
export function fixedLength(node: RegexNode): number | undefined {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'sequence':
      return node.items.reduce<number | undefined>((sum, item) => add(sum, fixedLength(item)), 0);
    case 'choice': {
      const [first, ...others] = node.branches.map(fixedLength);
      return others.every((length) => length === first) ? first : undefined;
    }
    case 'repeat': {
      const length = fixedLength(node.body);
      return length === 0 || (length !== undefined && node.min === node.max) ? length * node.min : undefined;
    }
    case 'capture':
    case 'atomic':
      return fixedLength(node.body);
    case 'reference':
      return undefined;
    default:
      return 0;
  }
}

function add(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

/** Whether the empty string can match. */
export function isNullable(node: RegexNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'sequence':
      return node.items.every(isNullable);
    case 'choice':
      return node.branches.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.body);
    case 'capture':
    case 'atomic':
      return isNullable(node.body);
    default:
      return true;
  }
}

/** By which bytes a match begins; undefined if it may be empty, or begins with a reference. */
export function firstBytes(node: RegexNode): ByteSet | undefined {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'sequence':
      return firstOfSequence(node.items);
    case 'choice':
      return node.branches.map(firstBytes).reduce((one, other) => one && other && union(one, other));
    case 'repeat':
      return node.min === 0 ? undefined : firstBytes(node.body);
    case 'capture':
    case 'atomic':
      return firstBytes(node.body);
    default:
      return undefined;
  }
}

function firstOfSequence(items: readonly RegexNode[]): ByteSet | undefined {
  let before: ByteSet | undefined;
  for (const item of items) {
    const bytes = firstBytes(item.kind === 'repeat' && item.min === 0 ? item.body : item);
    if (bytes !== undefined) {
      before = before === undefined ? bytes : union(before, bytes);
      if (!isNullable(item)) {
        return before;
      }
    } else if (item.kind !== 'assertion' && item.kind !== 'look' && item.kind !== 'keep') {
      return undefined;
    }
  }
  return undefined;
}

/** Whether every match begins at the beginning of the subject. */
export function isAnchored(node: RegexNode): boolean {
  switch (node.kind) {
    case 'assertion':
      return node.place === 'subject-start';
    case 'sequence':
      return node.items[0] !== undefined && isAnchored(node.items[0]);
    case 'choice':
      return node.branches.every(isAnchored);
    case 'capture':
    case 'atomic':
      return isAnchored(node.body);
    default:
      return false;
  }
}

/** Everything directly inside a node. */
export function childrenOf(node: RegexNode): readonly RegexNode[] {
  switch (node.kind) {
    case 'sequence':
      return node.items;
    case 'choice':
      return node.branches;
    case 'capture':
    case 'repeat':
    case 'look':
    case 'atomic':
      return [node.body];
    default:
      return [];
  }
}
