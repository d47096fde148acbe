/**
 * What one row of the table of directives says. A row is written as in nginx's documentation: where the directive may be, and what its
 * arguments are.
 *
 *     row('gzip_buffers', 'http server location', 'count size', 'How many buffers …')
 *
 * A signature is a list of types (value-types.ts): `[type]` may be left out, `type...` is one or more, `[type...]` any number, `on|off|any`
 * are words, and `{kind}` at the end is a block, which `[{kind}]` may do without.
 */

import type { BlockKind } from './block-kind.ts';
import type { Draft } from './draft.ts';
import type { GivenArguments } from './given-arguments.ts';
import type { NginxReport } from './report.ts';

export type Status =
  | { readonly kind: 'supported' }
  /** It does nothing here, and nobody misses it: told as information. `why` is a sentence. */
  | { readonly kind: 'accepted'; readonly why: string }
  /** The feature is to come: told as a warning. `why` is a sentence that says what happens instead. */
  | { readonly kind: 'later'; readonly why: string }
  /** To leave it out would mislead somebody, or make something insecure: an error. `why` is a sentence with the way out. */
  | { readonly kind: 'refused'; readonly why: string };

/** Reads the meaning of a directive, whose arguments have been checked, into the draft of the block in which it is. */
export type Apply = (args: GivenArguments, draft: Draft, report: NginxReport) => void;

export interface Row {
  readonly name: string;
  readonly contexts: readonly BlockKind[];
  readonly signature: string;
  readonly arity: Arity;
  readonly types: readonly string[];
  /** One sentence. */
  readonly doc: string;
  /** It may be given several times in a block. */
  readonly repeats: boolean;
  readonly status: Status;
  readonly apply?: Apply;
}

export interface Arity {
  readonly min: number;
  readonly max: number;
  /** A number between them that is not allowed all the same. */
  readonly except?: readonly number[];
  /** What the block of the directive is; undefined: it has none. */
  readonly block: BlockKind | undefined;
  /** It may end with a semicolon instead. */
  readonly isBlockOptional: boolean;
}

export interface MoreOfRow {
  readonly except?: readonly number[];
  readonly apply?: Apply;
}

const SUPPORTED: Status = { kind: 'supported' };
/** Of a row that describes a directive whose meaning nobody has built. */
const NOT_BUILT: Status = { kind: 'later', why: 'Portico does not do this yet.' };

export function row(name: string, contexts: string, signature: string, doc: string, more: MoreOfRow = {}): Row {
  const { except, apply } = more;
  const parts = signature.split(' ').filter((part) => part !== '');
  const types = parts.filter((part) => !/^\[?\{/.test(part));
  const last = types.at(-1) ?? '';
  const blockPart = parts.find((part) => /^\[?\{/.test(part));
  const block = blockPart?.replace(/[[\]{}]/g, '');
  return {
    name,
    // Made of literals in the tables, which a test compares with BLOCK_KINDS.
    contexts: contexts.split(' ') as BlockKind[],
    signature,
    arity: {
      min: types.filter((part) => !part.startsWith('[')).length,
      max: /\.\.\.\]?$/.test(last) ? Number.POSITIVE_INFINITY : types.length,
      ...(except === undefined ? {} : { except }),
      block: block as BlockKind | undefined,
      isBlockOptional: blockPart?.startsWith('[') === true,
    },
    types: types.map((part) => part.replace(/^\[|\]$/g, '').replace(/\.\.\.$/, '')),
    doc,
    repeats: false,
    status: SUPPORTED,
    ...(apply === undefined ? {} : { apply }),
  };
}

export function accepted(why: string, rows: readonly Row[]): readonly Row[] {
  return withStatus({ kind: 'accepted', why }, rows);
}

export function later(why: string, rows: readonly Row[]): readonly Row[] {
  return withStatus({ kind: 'later', why }, rows);
}

export function refused(why: string, rows: readonly Row[]): readonly Row[] {
  return withStatus({ kind: 'refused', why }, rows);
}

/** Each of them may be given several times in a block. */
export function repeatable(rows: readonly Row[]): readonly Row[] {
  return rows.map((one) => ({ ...one, repeats: true }));
}

function withStatus(status: Status, rows: readonly Row[]): readonly Row[] {
  return rows.map((one) => ({ ...one, status }));
}

/** What is told of a directive. */
export function statusOf({ status, apply }: Row): Status {
  return status.kind === 'supported' && apply === undefined ? NOT_BUILT : status;
}

export function takesCount({ min, max, except = [] }: Arity, count: number): boolean {
  return count >= min && count <= max && !except.includes(count);
}
