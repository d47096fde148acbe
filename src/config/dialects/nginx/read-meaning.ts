/**
 * From the tree of directives to what they say: the values are read, what may be said once is said once, each directive's `apply` puts its
 * meaning into the draft of its block, and what has none here is told of. All faults of all files are found in one go.
 */

import { nearestWord } from '../../nearest.ts';
import type { BlockKind } from './block-kind.ts';
import { checkUses } from './check-uses.ts';
import { parseCondition } from './condition.ts';
import { Draft } from './draft.ts';
import type { Entry } from './entries.ts';
import { checkEntries } from './entries.ts';
import { GivenArguments } from './given-arguments.ts';
import { isTaken, KnownVariables } from './known-variables.ts';
import type { NginxReport } from './report.ts';
import type { Row, Status } from './row.ts';
import { statusOf } from './row.ts';
import type { Word } from './token.ts';
import { placeWithin } from './token.ts';
import type { Directive } from './tree.ts';
import { directivesIn } from './tree.ts';
import type { Value } from './value-types.ts';
import { valueType, wordsOf } from './value-types.ts';
import { parseText } from './variables-in-text.ts';

/** `kind` is the block that the tree is the inside of; the draft is one of the whole, with the blocks around a fragment in it. `isWhole`: what is named is nowhere else. */
export function readMeaning(tree: readonly Directive[], kind: BlockKind, report: NginxReport, isWhole = true): Draft {
  const reader = new MeaningReader(report);
  const place = tree[0]?.name.place ?? { kind: 'flag', name: '-c' };
  const main = new Draft('main', place);
  const kinds = AROUND[kind] ?? [];
  const inside = kinds.reduce((draft, one) => new Draft(one, place, [], draft), main);
  reader.readBlock(tree, inside, undefined);
  reader.finish();
  checkUses(main, { isWhole: isWhole && kind === 'main' }, report);
  return main;
}

/** What a fragment stands in, from the outside. */
const AROUND: Partial<Record<BlockKind, readonly BlockKind[]>> = {
  http: ['http'],
  server: ['http', 'server'],
  location: ['http', 'server', 'location'],
};

class MeaningReader {
  readonly #report: NginxReport;
  readonly #variables = new KnownVariables();

  constructor(report: NginxReport) {
    this.#report = report;
  }

  /** `around` is the status that has been told of the block. */
  readBlock(directives: readonly Directive[], draft: Draft, around: Status | undefined): void {
    const said = new Map<string, Word>();
    for (const directive of directivesIn(directives)) {
      if (directive.row === undefined) {
        this.#readUnknown(directive, draft);
      } else {
        this.#readDirective(directive, directive.row, { draft, said, around });
      }
    }
  }

  /** What is in a block that is misplaced is looked at all the same. */
  #readUnknown({ name, args, block }: Directive, draft: Draft): void {
    for (const { text } of args) this.#variables.defineGroups(text);
    if (block?.kind !== undefined && block.kind !== 'entries') {
      this.readBlock(block.directives, new Draft(block.kind, name.place, args, draft), undefined);
    }
  }

  #readDirective(
    directive: Directive,
    row: Row,
    { draft, said, around }: { draft: Draft; said: Map<string, Word>; around: Status | undefined },
  ): void {
    const { name, args, isSound, block } = directive;
    const status = statusOf(row);
    this.#tellStatus(name, status, around);
    this.#checkRepetition(name, row, said);
    const values = isSound && this.#readCondition(row, args) ? this.#readValues(row, name, args) : undefined;
    const kind = block?.kind;
    const holdsDirectives = kind !== undefined && kind !== 'entries';
    const inside = holdsDirectives ? new Draft(kind, name.place, args, draft) : draft;
    const entries = kind === 'entries' ? entriesOf(block?.directives ?? []) : [];
    this.#readEntries(row, entries);
    if (values !== undefined) {
      row.apply?.(new GivenArguments(name, args, values, entries), inside, this.#report);
    }
    if (holdsDirectives) {
      this.readBlock(block?.directives ?? [], inside, status.kind === 'supported' ? undefined : status);
    }
  }

  /** Of a block that has no meaning here, what is in it has none either. */
  #tellStatus(name: Word, status: Status, around: Status | undefined): void {
    if (status.kind === 'supported' || (around !== undefined && around.kind === status.kind)) {
      return;
    }
    const directive = `"${name.text}" directive`;
    switch (status.kind) {
      case 'accepted':
        this.#report('nginx.accepted', name.place, `${directive} has no effect here`, {
          hint: status.why,
          severity: 'info',
        });
        return;
      case 'later':
        this.#report('nginx.later', name.place, `${directive} has no effect yet`, {
          hint: status.why,
          severity: 'warning',
        });
        return;
      case 'refused':
        this.#report('nginx.refused', name.place, `${directive} is not supported`, { hint: status.why });
    }
  }

  #checkRepetition(name: Word, row: Row, said: Map<string, Word>): void {
    const before = said.get(row.name);
    if (before === undefined) {
      said.set(row.name, name);
    } else if (!row.repeats) {
      const where = before.place.kind === 'file' ? ` in line ${before.line} of ${before.place.file}` : '';
      this.#report('nginx.duplicate', name.place, `"${row.name}" directive is duplicate`, {
        hint: `It is said${where} already. Remove one of the two.`,
      });
    }
  }

  /** Undefined if one of them cannot be read. */
  #readValues(row: Row, name: Word, args: readonly Word[]): readonly Value[] | undefined {
    const values: Value[] = [];
    for (const [index, word] of args.entries()) {
      const type = row.types[index] ?? row.types.at(-1) ?? 'plain';
      // Of several variables the last is the one that is defined: `geo $remote_addr $area`.
      const isUsed = type === 'variable' && row.types[index + 1] === type && index + 1 < args.length;
      const value = this.#readValue(isUsed ? 'used-variable' : type, word, name);
      if (value !== undefined) values.push(value);
    }
    return values.length === args.length ? values : undefined;
  }

  #readValue(type: string, word: Word, name: Word): Value | undefined {
    this.#variables.defineGroups(word.text);
    const read = valueType(type)?.(word.text, name.text);
    if (read === undefined || !read.ok) {
      const fault = read?.fault ?? '';
      const message = fault.startsWith('directive ') ? `"${name.text}" ${fault}` : fault;
      this.#report('nginx.invalid-value', word.place, message, {
        hint: () => hintAt(type, word.text),
      });
      return undefined;
    }
    if (type === 'variable') return this.#define(String(read.value), word);
    if (type === 'used-variable') this.#variables.use(String(read.value), word.place);
    const isText = type === 'text' || (type === 'text-or-regex' && !word.text.startsWith('~'));
    if (isText) return this.#readText(word) ? read.value : undefined;
    return read.value;
  }

  #define(name: string, word: Word): Value | undefined {
    this.#variables.define(name);
    if (!isTaken(name)) {
      return name;
    }
    this.#report('nginx.duplicate', word.place, `the duplicate "${name}" variable`, {
      hint: 'Every request has a variable of this name. Choose another one.',
    });
    return undefined;
  }

  #readText(word: Word): boolean {
    const { variables, fault } = parseText(word.text);
    for (const { name, offset, length } of variables) {
      this.#variables.use(name, placeWithin(word, offset, length));
    }
    if (fault !== undefined) {
      this.#report('nginx.invalid-variable', placeWithin(word, fault.offset, fault.length), fault.message, {
        hint: 'A dollar begins a variable. nginx has no way to write one that does not; `geo` can define a variable that holds it.',
      });
    }
    return fault === undefined;
  }

  /** The variables of an `if` are those of its text or path, but not what looks like one in its regex. */
  #readCondition(row: Row, args: readonly Word[]): boolean {
    if (row.types[0] !== 'condition') {
      return true;
    }
    const parsed = parseCondition(args);
    if (!parsed.ok) {
      this.#report('nginx.invalid-value', parsed.fault.word.place, parsed.fault.message, parsed.fault);
      return false;
    }
    return parsed.value.texts.map((word) => this.#readText(word)).every(Boolean);
  }

  #readEntries(row: Row, entries: readonly Entry[]): void {
    checkEntries(row.name, entries, this.#report);
    for (const [key, value] of row.name === 'map' ? entries : []) {
      this.#variables.defineGroups(key.text);
      if (value !== undefined) this.#readText(value);
    }
  }

  finish(): void {
    this.#variables.tellUnknown(this.#report);
  }
}

function entriesOf(directives: readonly Directive[]): readonly Entry[] {
  return Array.from(directivesIn(directives), ({ name, args }) => [name, ...args] as const);
}

/** What is longer is no slip of the fingers. */
const WORD_LENGTH_MAX = 64;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  flag: 'Write on or off.',
  size: 'Write bytes, or a number with k or m: 8k, 1m.',
  bytes: 'Write bytes, or a number with k or m: 8k, 1m.',
  offset: 'Write bytes, or a number with k, m or g: 8k, 1m, 2g.',
  msec: 'Write a time: 30s, 500ms, 1m 30s. Without a unit it is in seconds.',
  sec: 'Write a time: 30s, 1h, 7d. Without a unit it is in seconds.',
  number: 'Write a number.',
  count: 'Write a number from 1 on.',
  variable: 'A variable begins with a dollar: $name.',
};

function hintAt(type: string, text: string): string | undefined {
  const nearest = text.length > WORD_LENGTH_MAX ? undefined : nearestWord(text.toLowerCase(), wordsOf(type));
  return nearest === undefined ? describeType(type) : `Did you mean "${nearest}"?`;
}

function describeType(type: string): string | undefined {
  const words = wordsOf(type);
  return words.length > 0 ? `Write one of: ${words.join(', ')}.` : DESCRIPTIONS[type];
}
