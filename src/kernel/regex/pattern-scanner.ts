/** A place in a pattern, and the first fault that was found. After a fault the place is the end, so that every loop of the parser ends. */

import type { RegexFault } from './syntax.ts';

export class PatternScanner {
  readonly pattern: string;
  position = 0;
  fault: RegexFault | undefined;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  get isAtEnd(): boolean {
    return this.position >= this.pattern.length;
  }

  peek(ahead = 0): string {
    return this.pattern.charAt(this.position + ahead);
  }

  /** The next character, which is passed; empty at the end. */
  next(): string {
    const character = this.peek();
    this.position += 1;
    return character;
  }

  /** Passes `text` if it is next. */
  take(text: string): boolean {
    const isNext = this.pattern.startsWith(text, this.position);
    if (isNext) {
      this.position += text.length;
    }
    return isNext;
  }

  /** Passes what a sticky expression matches here. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.position;
    const found = sticky.exec(this.pattern) ?? undefined;
    if (found !== undefined) {
      this.position += found[0].length;
    }
    return found;
  }

  fail(message: string, kind: RegexFault['kind'] = 'invalid', offset: number = this.position): void {
    this.fault ??= { message, offset: Math.min(offset, this.pattern.length), kind };
    this.position = this.pattern.length;
  }
}
