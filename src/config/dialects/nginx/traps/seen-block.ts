/** The tree of directives as rules about traps look at it: blocks in blocks, what each says by name, and what it has from around it. */

import type { BlockKind } from '../block-kind.ts';
import { splitLocation } from '../directives/locations.ts';
import type { Word } from '../token.ts';
import type { Directive } from '../tree.ts';
import { directivesIn } from '../tree.ts';

export class SeenBlock {
  readonly kind: BlockKind;
  /** Of the directive that opens the block; undefined for the file itself. */
  readonly opener: Directive | undefined;
  readonly parent: SeenBlock | undefined;
  readonly blocks: readonly SeenBlock[];
  /** All of it in order; what could not be read is not among them. */
  readonly directives: readonly Directive[];
  readonly #byName = new Map<string, Directive[]>();
  /** Dozens of rules ask a file of ten thousand blocks. */
  #within: readonly SeenBlock[] | undefined;

  constructor(kind: BlockKind, directives: readonly Directive[], opener?: Directive, parent?: SeenBlock) {
    this.kind = kind;
    this.opener = opener;
    this.parent = parent;
    this.directives = [...directivesIn(directives)].filter(({ row, isSound }) => row !== undefined && isSound);
    for (const directive of this.directives) {
      const same = this.#byName.get(directive.name.text);
      if (same === undefined) {
        this.#byName.set(directive.name.text, [directive]);
      } else {
        same.push(directive);
      }
    }
    this.blocks = this.directives.flatMap((directive) => {
      const inside = directive.block?.kind;
      return directive.block === undefined || inside === undefined || inside === 'entries'
        ? []
        : [new SeenBlock(inside, directive.block.directives, directive, this)];
    });
  }

  /** What this very block says under a name. */
  all(name: string): readonly Directive[] {
    return this.#byName.get(name) ?? [];
  }

  says(...names: readonly string[]): boolean {
    return names.some((name) => this.#byName.has(name));
  }

  /** The nearest block, this one included, that says something under one of the names. */
  sayer(...names: readonly string[]): SeenBlock | undefined {
    return this.says(...names) ? this : this.parent?.sayer(...names);
  }

  /** As it holds here, by nginx's inheritance: the nearest block that says something decides as a whole. */
  inherited(name: string): readonly Directive[] {
    return this.sayer(name)?.all(name) ?? [];
  }

  /** The first argument of what holds here under a name. */
  setting(name: string): string | undefined {
    return this.inherited(name)[0]?.args[0]?.text;
  }

  /** This block, and all inside, in the order of the file. */
  within(...kinds: readonly BlockKind[]): readonly SeenBlock[] {
    this.#within ??= [this, ...this.blocks.flatMap((block) => block.within())];
    return kinds.length === 0 ? this.#within : this.#within.filter(({ kind }) => kinds.includes(kind));
  }

  /** The nearest block of a kind, this one included. */
  around(kind: BlockKind): SeenBlock | undefined {
    return this.kind === kind ? this : this.parent?.around(kind);
  }
}

export interface SeenLocation {
  readonly modifier: string;
  readonly text: string;
  readonly word: Word;
}

/** What a location is about; undefined for every other block. */
export function locationOf({ kind, opener }: SeenBlock): SeenLocation | undefined {
  const word = opener?.args.at(-1);
  if (kind !== 'location' || opener === undefined || word === undefined) {
    return undefined;
  }
  return { ...splitLocation(opener.args.map(({ text }) => text)), word };
}

/** A location whose path is a regex. */
export function isRegex({ modifier }: SeenLocation): boolean {
  return modifier.startsWith('~');
}

/** The directives by which something beside files answers. */
const PASSES = ['proxy_pass', 'uwsgi_pass', 'fastcgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass', 'python_app'];
const ANSWERS = ['return', 'stub_status', 'empty_gif'];

/** An application or another server answers. */
export function passesOn(block: SeenBlock): boolean {
  return block.says(...PASSES);
}

/** Files answer, unless a rewrite leads away. */
export function servesFiles(block: SeenBlock): boolean {
  return !block.says(...PASSES, ...ANSWERS, 'internal');
}

/** As it is spoken of: `location /i`, `the server`. */
export function nameOf(block: SeenBlock): string {
  const words = block.opener?.args.map(({ text }) => text).join(' ') ?? '';
  switch (block.kind) {
    case 'location':
      return `location ${words}`;
    case 'location-if':
    case 'server-if':
      return `if ${words}`;
    default:
      return `the ${block.kind}`;
  }
}
