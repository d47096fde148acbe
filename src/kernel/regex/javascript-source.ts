/**
 * An expression in JavaScript's syntax, where that means the same. It needs no flags: sets are written out, and so is what `$` and `^` mean.
 *
 * It does not mean the same where an atomic group, a possessive quantifier, a reference or `\K` is; where a loop's body can be empty (PCRE takes an empty turn
 * and leaves the loop, JavaScript looks for another); where a group may be left out in one turn of a loop (PCRE keeps what it held in an earlier turn, JavaScript
 * forgets it); and where groups are inside a look-behind, which JavaScript matches from right to left.
 */

import type { ByteSet } from './byte-set.ts';
import { childrenOf, isNullable } from './shape.ts';
import type { AssertionPlace, RegexNode } from './syntax.ts';

/** Undefined: JavaScript has no expression that matches the same. */
export function javascriptSource(root: RegexNode): string | undefined {
  return isSameInJavascript(root, OUTSIDE) ? write(root) : undefined;
}

interface Surroundings {
  readonly isInLoop: boolean;
  /** A turn of the loop may leave this part out. */
  readonly isOptional: boolean;
  readonly isBehind: boolean;
}

const OUTSIDE: Surroundings = { isInLoop: false, isOptional: false, isBehind: false };

function isSameInJavascript(node: RegexNode, around: Surroundings): boolean {
  switch (node.kind) {
    case 'atomic':
    case 'reference':
    case 'keep':
      return false;
    case 'capture':
      return !around.isBehind && !(around.isInLoop && around.isOptional) && isSameInJavascript(node.body, around);
    case 'repeat':
      if (node.mode === 'possessive' || isNullable(node.body)) {
        return false;
      }
      return isSameInJavascript(
        node.body,
        node.max > 1
          ? // A turn of this loop takes part in it. Whether a turn of the one around has any turn of this one is another matter.
            { ...around, isInLoop: true, isOptional: around.isInLoop && (around.isOptional || node.min === 0) }
          : { ...around, isOptional: around.isOptional || node.min === 0 },
      );
    case 'choice':
      return node.branches.every((branch) => isSameInJavascript(branch, { ...around, isOptional: true }));
    case 'look':
      return isSameInJavascript(node.body, { ...around, isBehind: around.isBehind || node.behind });
    default:
      return childrenOf(node).every((child) => isSameInJavascript(child, around));
  }
}

const PLACES: Readonly<Record<AssertionPlace, string>> = {
  'subject-start': '^',
  'subject-end': '$',
  'last-line-end': '(?=\\n?$)',
  // Not behind a newline that ends the subject.
  'line-start': '(?:^|(?<=\\n)(?=[^]))',
  'line-end': '(?=\\n|$)',
  'word-boundary': '\\b',
  'no-word-boundary': '\\B',
};

function write(node: RegexNode): string {
  switch (node.kind) {
    case 'set':
      return writtenSet(node.set);
    case 'sequence':
      return node.items.map(writeItem).join('');
    case 'choice':
      return node.branches.map(write).join('|');
    case 'capture':
      return `(${write(node.body)})`;
    case 'repeat':
      return `${writeRepeated(node.body)}${writeCount(node.min, node.max)}${node.mode === 'lazy' ? '?' : ''}`;
    case 'assertion':
      return PLACES[node.place];
    case 'look':
      return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${write(node.body)})`;
    default:
      return '';
  }
}

function writeItem(node: RegexNode): string {
  return node.kind === 'choice' || node.kind === 'sequence' ? `(?:${write(node)})` : write(node);
}

function writeRepeated(node: RegexNode): string {
  return node.kind === 'set' || node.kind === 'capture' ? write(node) : `(?:${write(node)})`;
}

function writeCount(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) {
    return min < 2 ? '*+'.charAt(min) : `{${min},}`;
  }
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

const BYTES = 256;
const NEWLINE = 0x0a;

/** Sets of one byte are the same objects in all expressions. */
const WRITTEN = new WeakMap<ByteSet, string>();

function writtenSet(set: ByteSet): string {
  const before = WRITTEN.get(set);
  if (before !== undefined) {
    return before;
  }
  const fresh = writeSet(set);
  WRITTEN.set(set, fresh);
  return fresh;
}

function writeSet(set: ByteSet): string {
  const count = set.reduce((sum, member) => sum + member, 0);
  if (count === 1) {
    return writeByte(set.indexOf(1), /[0-9A-Za-z_/ -]/);
  }
  if (count === BYTES - 1 && set[NEWLINE] === 0) {
    return '[^\\n]';
  }
  const isInverted = count > BYTES / 2;
  return `[${isInverted ? '^' : ''}${writeRanges(set, isInverted ? 0 : 1)}]`;
}

function writeRanges(set: ByteSet, wanted: number): string {
  let written = '';
  for (let first = set.indexOf(wanted); first >= 0; ) {
    let last = first;
    while (last + 1 < BYTES && set[last + 1] === wanted) {
      last += 1;
    }
    const from = writeByte(first, /[0-9A-Za-z_]/);
    const to = writeByte(last, /[0-9A-Za-z_]/);
    written += first === last ? from : `${from}${last === first + 1 ? '' : '-'}${to}`;
    first = set.indexOf(wanted, last + 1);
  }
  return written;
}

const HEX_DIGITS = 2;

function writeByte(byte: number, plain: RegExp): string {
  const character = String.fromCharCode(byte);
  return plain.test(character) ? character : `\\x${byte.toString(16).padStart(HEX_DIGITS, '0')}`;
}
