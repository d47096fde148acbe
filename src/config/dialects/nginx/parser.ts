/**
 * Puts the words of one file together to directives and blocks. Whatever is wrong is reported and reading goes on where the writer most
 * likely meant it to, so that one slip is told once and the next one too: a forgotten semicolon or brace is noticed by the next word
 * that stands on a line of its own and is a directive.
 */

import type { BlockKind } from './block-kind.ts';
import type { DirectiveTable } from './directive-table.ts';
import type { Frame } from './frame.ts';
import { Misplaced } from './misplaced.ts';
import type { NginxReport } from './report.ts';
import type { Row } from './row.ts';
import { takesCount } from './row.ts';
import type { Mark, Token, Word } from './token.ts';
import { placeBehind } from './token.ts';
import type { Directive } from './tree.ts';

/** Nobody writes more; the stack of what walks the tree is not without end. */
const NESTING_MAX = 100;

export interface ParserSurroundings {
  readonly table: DirectiveTable;
  readonly report: NginxReport;
  /** What `include` stands for. */
  readonly include: (directive: Word, path: Word, kind: BlockKind | undefined) => readonly Directive[];
  readonly isParameter: boolean;
}

export function parseNginx(
  tokens: readonly Token[],
  kind: BlockKind | undefined,
  surroundings: ParserSurroundings,
): readonly Directive[] {
  return new Parser(tokens, kind, surroundings).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #table: DirectiveTable;
  readonly #report: NginxReport;
  readonly #include: ParserSurroundings['include'];
  readonly #isParameter: boolean;
  readonly #stack: Frame[];
  readonly #misplaced: Misplaced;
  #words: Word[] = [];
  /** Of the directive that is read, if it is the first on its line. */
  #column: number | undefined;
  #at = 0;

  constructor(tokens: readonly Token[], kind: BlockKind | undefined, surroundings: ParserSurroundings) {
    this.#tokens = tokens;
    this.#table = surroundings.table;
    this.#report = surroundings.report;
    this.#include = surroundings.include;
    this.#isParameter = surroundings.isParameter;
    this.#misplaced = new Misplaced(surroundings.table, surroundings.report);
    this.#stack = [
      {
        ...{ opener: undefined, args: [], row: undefined, isSound: true, kind, directives: [] },
        ...{ column: undefined, childColumn: undefined, end: undefined, closed: undefined },
      },
    ];
  }

  parse(): readonly Directive[] {
    for (const token of this.#tokens) {
      this.#at += 1;
      if (token.kind === 'word') {
        if (this.#words.length === 0) this.#beginDirective(token);
        this.#words.push(token);
      } else if (token.kind === '}') {
        this.#endBlock(token);
      } else if (this.#words.length === 0) {
        this.#report('nginx.unexpected', token.place, `unexpected "${token.kind}"`, { hint: 'Remove it.' });
        if (token.kind === '{') this.#open({ words: [], row: undefined, isSound: false, kind: undefined });
      } else {
        this.#finish(this.#takeWords(), token.kind);
      }
    }
    this.#end();
    return this.#stack[0]?.directives ?? [];
  }

  /** Its column says in which block the writer saw it. */
  #beginDirective(word: Word): void {
    const previous = this.#tokens[this.#at - 2];
    const isFirst = word.place.kind === 'file' && (previous === undefined || previous.line < word.line);
    this.#column = isFirst && word.place.kind === 'file' ? word.place.column : undefined;
    const { kind } = this.#frame;
    const isAllowed = kind === undefined || kind === 'entries' || this.#table.find(word.text, kind) !== undefined;
    this.#misplaced.noteBeginning(this.#frame, { column: this.#column, previous, isAllowed });
    this.#frame.childColumn ??= this.#column;
  }

  get #frame(): Frame {
    return this.#stack.at(-1) as Frame;
  }

  #takeWords(): Word[] {
    const words = this.#words;
    this.#words = [];
    return words;
  }

  #finish(words: readonly Word[], mark: ';' | '{'): void {
    const [name] = words;
    const { kind } = this.#frame;
    if (name === undefined) {
      return;
    }
    if (kind === undefined || kind === 'entries') {
      this.#finishUnchecked(words, mark, kind);
      return;
    }
    const row = this.#table.find(name.text, kind);
    if (row === undefined) {
      this.#finishStranger(words, mark, kind);
      return;
    }
    const wantsBlock = wantsBlockOf(row, mark);
    if (wantsBlock && this.#isParameter) {
      this.#report('nginx.unexpected', name.place, 'block directives are not supported in -g option');
    }
    const isCounted = takesCount(row.arity, words.length - 1);
    const next = findNext(words, (text) => this.#isDirective(text, row, kind), !isCounted);
    if (wantsBlock !== (mark === '{')) {
      this.#mendMark(words, row, mark, next);
    } else if (!isCounted) {
      this.#mendCount(words, row, mark, next);
    } else {
      if (next !== undefined && !wantsBlock) this.#suspect(words, next);
      this.#add(words, row, mark, true);
    }
  }

  /** Inside of what is not known, and of `types` and its like, whose entries are looked at by whoever reads their meaning. */
  #finishUnchecked(words: readonly Word[], mark: ';' | '{', kind: BlockKind | undefined): void {
    const [name, path, ...rest] = words;
    if (name === undefined) {
      return;
    }
    if (kind === 'entries' && mark === '{') {
      this.#report('nginx.unexpected', (words.at(-1) ?? name).place, 'unexpected "{"', {
        hint: `"${this.#frame.opener?.text ?? ''}" holds entries that end with ";". Is the "}" before missing?`,
      });
    }
    if (kind === 'entries' && name.text === 'include' && path !== undefined && rest.length === 0) {
      this.#push(words, undefined, { included: this.#include(name, path, kind) });
    } else if (mark === '{') {
      this.#open({ words, row: undefined, isSound: false, kind: undefined });
    } else {
      this.#push(words, undefined, {});
    }
  }

  /** A directive that is not known, or not allowed here. */
  #finishStranger(words: readonly Word[], mark: ';' | '{', kind: BlockKind): void {
    const [name] = words as readonly [Word];
    const [row] = this.#table.rowsOf(name.text);
    if (row === undefined) {
      this.#report('nginx.unknown-directive', name.place, `unknown directive "${name.text}"`, {
        hint: () => this.#hintAtUnknown(name.text, kind),
      });
    } else {
      this.#misplaced.add(name, this.#stack);
    }
    if (mark === '{') {
      // What is in the block is looked at as if it were where it belongs.
      this.#open({ words, row: undefined, isSound: false, kind: row?.arity.block });
    } else {
      this.#push(words, undefined, {});
    }
  }

  #hintAtUnknown(name: string, kind: BlockKind): string | undefined {
    if (name.startsWith('\ufeff')) {
      return 'The file begins with a byte order mark (three bytes that an editor has put there). Save it as UTF-8 without one.';
    }
    const nearest = this.#table.nearest(name, kind);
    return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
  }

  /** A semicolon where there should be a brace, or the other way round. */
  #mendMark(words: readonly Word[], row: Row, mark: ';' | '{', next: number | undefined): void {
    const [name] = words as readonly [Word];
    const before = words[(next ?? words.length) - 1] ?? name;
    if (mark === '{') {
      const message = `directive "${name.text}" is not terminated by ";"`;
      if (next !== undefined) {
        this.#report('nginx.missing-semicolon', placeBehind(before), message, { hint: 'The ";" is missing here.' });
        this.#add(words.slice(0, next), row, ';', takesCount(row.arity, next - 1));
        this.#finish(words.slice(next), mark);
        return;
      }
      this.#report('nginx.unexpected-block', name.place, message, { hint: `"${name.text}" has no block.` });
      this.#open({ words, row, isSound: false, kind: undefined });
      return;
    }
    const message = `directive "${name.text}" has no opening "{"`;
    this.#report('nginx.missing-brace', placeBehind(before), message, { hint: 'The "{" is missing here.' });
    if (next !== undefined || this.#isIndentedBelow(name)) {
      const own = words.slice(0, next);
      this.#add(own, row, '{', takesCount(row.arity, own.length - 1));
      if (next !== undefined) this.#finish(words.slice(next), mark);
    }
  }

  #mendCount(words: readonly Word[], row: Row, mark: ';' | '{', next: number | undefined): void {
    const [name] = words as readonly [Word];
    const message = `invalid number of arguments in "${name.text}" directive`;
    const wantsBlock = row.arity.isBlockOptional
      ? this.#opensInside(words[next ?? 0], row)
      : row.arity.block !== undefined;
    if (next !== undefined && takesCount(row.arity, next - 1)) {
      const before = words[next - 1] ?? name;
      const missing = wantsBlock ? '{' : ';';
      this.#report(wantsBlock ? 'nginx.missing-brace' : 'nginx.missing-semicolon', placeBehind(before), message, {
        hint: `The "${missing}" is missing here.`,
      });
      this.#add(words.slice(0, next), row, missing, true);
      this.#finish(words.slice(next), mark);
      return;
    }
    const extra = words.length - 1 > row.arity.max ? words[row.arity.max + 1] : undefined;
    this.#report('nginx.argument-count', (extra ?? name).place, message, { hint: describeCount(row) });
    this.#add(words, row, mark, false);
  }

  /** nginx takes what is on the next line for arguments as well, which is hardly ever meant. */
  #suspect(words: readonly Word[], next: number): void {
    const [name] = words as readonly [Word];
    const before = words[next - 1] ?? name;
    this.#report(
      'nginx.suspicious',
      placeBehind(before),
      `"${words[next]?.text ?? ''}" is an argument of "${name.text}"`,
      { severity: 'warning', hint: 'If it is meant to be a directive, a ";" is missing here.' },
    );
  }

  #add(words: readonly Word[], row: Row, mark: ';' | '{', isSound: boolean): void {
    if (mark === '{') {
      this.#open({ words, row, isSound, kind: row.arity.block });
      return;
    }
    const [name, path] = words;
    const isInclude = row.name === 'include' && isSound && name !== undefined && path !== undefined;
    this.#push(words, row, isInclude ? { included: this.#include(name, path, this.#frame.kind) } : {}, isSound);
  }

  #push(words: readonly Word[], row: Row | undefined, more: Partial<Directive>, isSound = false): void {
    const [name, ...args] = words;
    if (name !== undefined) {
      this.#frame.directives.push({ name, args, row, isSound, block: undefined, ...more });
    }
  }

  #open(opened: {
    readonly words: readonly Word[];
    readonly row: Row | undefined;
    readonly isSound: boolean;
    readonly kind: BlockKind | undefined;
  }): void {
    const [opener, ...args] = opened.words;
    if (this.#stack.length === NESTING_MAX && opener !== undefined) {
      this.#report('nginx.nested-too-deep', opener.place, `blocks are nested more than ${NESTING_MAX} deep`);
    }
    const kind = this.#stack.length >= NESTING_MAX ? undefined : opened.kind;
    const { row, isSound } = opened;
    const column =
      opener !== undefined && opener.place.kind === 'file' && opener.place.column === this.#column
        ? this.#column
        : undefined;
    this.#stack.push({
      ...{ opener, args, row, isSound, kind, directives: [] },
      ...{ column, childColumn: undefined, end: undefined, closed: undefined },
    });
  }

  #endBlock(mark: Mark): void {
    const last = this.#words.at(-1);
    if (last !== undefined) {
      this.#report('nginx.missing-semicolon', placeBehind(last), 'unexpected "}"', {
        hint: `The ";" is missing here, before the "}".`,
      });
      this.#finish(this.#takeWords(), ';');
    }
    if (this.#stack.length === 1) {
      this.#misplaced.noteExtraBrace(mark);
      return;
    }
    this.#frame.end = mark;
    if (this.#stack.length <= NESTING_MAX)
      this.#misplaced.noteEnd(this.#frame, this.#stack, this.#tokens[this.#at - 2], mark);
    this.#close();
  }

  #close(): void {
    const frame = this.#stack.pop() as Frame;
    const around = this.#frame;
    // A block that is misplaced itself says nothing about what may follow it.
    if (frame.row !== undefined) around.closed = frame;
    // Deeper than anybody writes: the blocks are forgotten, an error has been told.
    if (frame.opener !== undefined && this.#stack.length < NESTING_MAX) {
      around.directives.push({
        name: frame.opener,
        args: frame.args,
        row: frame.row,
        isSound: frame.isSound,
        block: { kind: frame.kind, directives: frame.directives },
      });
    }
  }

  #end(): void {
    const last = this.#words.at(-1);
    if (last !== undefined) {
      const message = this.#isParameter
        ? 'unexpected end of parameter, expecting ";"'
        : 'unexpected end of file, expecting ";" or "}"';
      this.#report('nginx.unexpected-end', placeBehind(last), message, { hint: 'The ";" is missing here.' });
      this.#finish(this.#takeWords(), ';');
    }
    this.#misplaced.tell(this.#stack, this.#tokens.at(-1));
    while (this.#stack.length > 1) {
      this.#close();
    }
  }

  /** Whether a word can be the name of a directive that comes next: in this block, or in the one that `row` opens. */
  #isDirective(text: string, row: Row, kind: BlockKind): boolean {
    const inside = row.arity.block;
    return (
      this.#table.find(text, kind) !== undefined ||
      (inside !== undefined && inside !== 'entries' && this.#table.find(text, inside) !== undefined)
    );
  }

  /** Whether a word is a directive of the block that `row` may have, and of none around it. */
  #opensInside(word: Word | undefined, { arity: { block } }: Row): boolean {
    const { kind } = this.#frame;
    return (
      word !== undefined &&
      block !== undefined &&
      this.#table.find(word.text, block) !== undefined &&
      (kind === undefined || this.#table.find(word.text, kind) === undefined)
    );
  }

  #isIndentedBelow(name: Word): boolean {
    const next = this.#tokens[this.#at];
    return (
      next !== undefined &&
      next.kind !== '}' &&
      next.place.kind === 'file' &&
      name.place.kind === 'file' &&
      next.line > name.line &&
      next.place.column > name.place.column
    );
  }
}

function wantsBlockOf({ arity: { block, isBlockOptional } }: Row, mark: ';' | '{'): boolean {
  return isBlockOptional ? mark === '{' : block !== undefined;
}

/** The first word on a line of its own that is a directive; anywhere behind the first argument if something is wrong already. */
function findNext(
  words: readonly Word[],
  isDirective: (text: string) => boolean,
  isAnywhere: boolean,
): number | undefined {
  const isNext = (word: Word, index: number) =>
    index > 0 && !word.isQuoted && word.line > (words[index - 1]?.endLine ?? 0) && isDirective(word.text);
  const onOwnLine = words.findIndex(isNext);
  if (onOwnLine > 0 || !isAnywhere) {
    return onOwnLine > 0 ? onOwnLine : undefined;
  }
  const anywhere = words.findIndex((word, index) => index > 1 && !word.isQuoted && isDirective(word.text));
  return anywhere > 0 ? anywhere : undefined;
}

function describeCount({ arity: { min, max, except = [] }, name, signature }: Row): string {
  if (max === 0) {
    return `"${name}" takes no arguments.`;
  }
  const counts =
    max === Number.POSITIVE_INFINITY
      ? `at least ${min}`
      : min === max
        ? `${min}`
        : Array.from({ length: max - min + 1 }, (_, index) => min + index)
            .filter((count) => !except.includes(count))
            .join(' or ');
  const noun = counts === '1' || counts === 'at least 1' ? 'argument' : 'arguments';
  return `"${name}" takes ${counts} ${noun}: ${name} ${signature}`;
}
