/**
 * Variables by their names, for requests and for sessions of streams. What the configuration defines has a slot in its subject: `set` writes it, a named group of a
 * regex too, and a `map` fills it when it is first asked for. Everything else is a function of the subject.
 */

import type { DefinedVariable } from '../../config/model/variables.ts';
import { unreachable } from '../../kernel/unreachable.ts';
import type { Subject, VariableFor } from '../pipeline/subject.ts';
import { compileGeo } from './compile-geo.ts';
import { compileMap } from './compile-map.ts';
import { compileSplit } from './compile-split.ts';
import type { TextCompiler } from './text-compiler.ts';

export interface VariableTableParts<S> {
  readonly compiler: TextCompiler<S>;
  /** What proxies have said of the client, for `geo`. */
  readonly forwardedOf: (subject: S) => readonly string[];
  /** A variable that no configuration defines, by its name in lower case. */
  readonly otherwise: (lower: string) => VariableFor<S>;
}

export class VariableTable<S extends Subject> {
  readonly #parts: VariableTableParts<S>;
  readonly #defined: ReadonlyMap<string, DefinedVariable>;
  readonly #slots = new Map<string, number>();
  readonly #compiled = new Map<string, VariableFor<S>>();

  constructor(defined: readonly DefinedVariable[], parts: VariableTableParts<S>) {
    this.#parts = parts;
    this.#defined = new Map(defined.map((variable) => [variable.variable.toLowerCase(), variable]));
  }

  slotOf(name: string): number {
    const lower = name.toLowerCase();
    const known = this.#slots.get(lower);
    if (known !== undefined) {
      return known;
    }
    const slot = this.#slots.size;
    this.#slots.set(lower, slot);
    return slot;
  }

  variable(name: string): VariableFor<S> {
    const lower = name.toLowerCase();
    const known = this.#compiled.get(lower);
    if (known !== undefined) {
      return known;
    }
    // What a map is made of may name the map: then it is looked up when it is asked for.
    this.#compiled.set(lower, (subject) => this.#compiled.get(lower)?.(subject));
    const defined = this.#defined.get(lower);
    const made = defined === undefined ? this.#parts.otherwise(lower) : this.#compileDefined(lower, defined);
    this.#compiled.set(lower, made);
    return made;
  }

  #compileDefined(lower: string, model: DefinedVariable): VariableFor<S> {
    const guarded = once(this.#maker(model));
    const slot = this.slotOf(lower);
    if (model.kind !== 'split' && model.isVolatile) {
      return guarded;
    }
    return (subject) => {
      const known = subject.slots[slot];
      if (known !== undefined) {
        return known;
      }
      const value = guarded(subject) ?? '';
      subject.slots[slot] = value;
      return value;
    };
  }

  #maker(model: DefinedVariable): VariableFor<S> {
    const { compiler, forwardedOf } = this.#parts;
    switch (model.kind) {
      case 'map':
        return compileMap(model, compiler);
      case 'geo':
        return compileGeo(model, compiler, forwardedOf);
      case 'split':
        return compileSplit(model, compiler);
      default:
        return unreachable(model);
    }
  }
}

/** Maps that name each other in a circle would never end: inside of itself a variable has no value. */
function once<S extends Subject>(make: VariableFor<S>): VariableFor<S> {
  let isMaking = false;
  return (subject) => {
    if (isMaking) {
      subject.log('error', 'a variable is made of itself');
      return undefined;
    }
    isMaking = true;
    try {
      return make(subject);
    } finally {
      isMaking = false;
    }
  };
}
