/**
 * Variables by their names. What the configuration defines has a slot in the route: `set` writes it, a named group of a regex too, and a `map` fills it when it is first
 * asked for. Everything else is a function of the request.
 */

import type { EdgeModel } from '../../config/model/server-model.ts';
import { VARIABLE_PREFIXES } from '../../config/model/variable-names.ts';
import type { DefinedVariable } from '../../config/model/variables.ts';
import { unreachable } from '../../kernel/unreachable.ts';
import type { Route } from '../pipeline/route.ts';
import { CONNECTION_VARIABLES } from '../pipeline/variables/connection-variables.ts';
import { fileVariables } from '../pipeline/variables/file-variables.ts';
import {
  argumentVariable,
  cookieVariable,
  fieldVariable,
  REQUEST_VARIABLES,
} from '../pipeline/variables/request-variables.ts';
import {
  RESPONSE_VARIABLES,
  sentFieldVariable,
  sentTrailerVariable,
} from '../pipeline/variables/response-variables.ts';
import { serverVariables } from '../pipeline/variables/server-variables.ts';
import { TLS_VARIABLES } from '../pipeline/variables/tls-variables.ts';
import {
  UPSTREAM_VARIABLES,
  upstreamCookieVariable,
  upstreamFieldVariable,
  upstreamTrailerVariable,
} from '../pipeline/variables/upstream-variables.ts';
import type { Variable, VariableFamily, VariableServices } from '../pipeline/variables/variable.ts';
import { compileGeo } from './compile-geo.ts';
import { compileMap } from './compile-map.ts';
import { compileSplit } from './compile-split.ts';
import { namesAssigned } from './names-assigned.ts';
import type { TextCompiler } from './text-compiler.ts';

const FAMILIES: Readonly<Record<string, VariableFamily>> = {
  arg_: argumentVariable,
  cookie_: cookieVariable,
  http_: fieldVariable,
  sent_http_: sentFieldVariable,
  sent_trailer_: sentTrailerVariable,
  upstream_cookie_: upstreamCookieVariable,
  upstream_http_: upstreamFieldVariable,
  upstream_trailer_: upstreamTrailerVariable,
};

export class VariableCompiler {
  readonly #compiler: TextCompiler;
  readonly #builtIn: ReadonlyMap<string, Variable>;
  readonly #defined = new Map<string, DefinedVariable>();
  /** `set`, named groups and the like give these a value. */
  readonly #assigned: ReadonlySet<string>;
  readonly #slots = new Map<string, number>();
  readonly #compiled = new Map<string, Variable>();

  constructor(model: EdgeModel, compiler: TextCompiler, services: VariableServices) {
    this.#compiler = compiler;
    this.#builtIn = new Map(
      Object.entries({
        ...REQUEST_VARIABLES,
        ...CONNECTION_VARIABLES,
        ...TLS_VARIABLES,
        ...RESPONSE_VARIABLES,
        ...UPSTREAM_VARIABLES,
        ...fileVariables(services),
        ...serverVariables(services),
      }),
    );
    this.#assigned = namesAssigned(model);
    for (const variable of model.variables) {
      this.#defined.set(variable.variable.toLowerCase(), variable);
    }
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

  variable(name: string): Variable {
    const lower = name.toLowerCase();
    const known = this.#compiled.get(lower);
    if (known !== undefined) {
      return known;
    }
    // What a map is made of may name the map: then it is looked up when it is asked for.
    this.#compiled.set(lower, (route) => this.#compiled.get(lower)?.(route));
    const made = this.#compile(lower);
    this.#compiled.set(lower, made);
    return made;
  }

  #compile(lower: string): Variable {
    const defined = this.#defined.get(lower);
    if (defined !== undefined) {
      return this.#compileDefined(lower, defined);
    }
    const builtIn = this.#builtIn.get(lower);
    if (builtIn !== undefined) {
      return builtIn;
    }
    const prefix = VARIABLE_PREFIXES.find((text) => lower.startsWith(text));
    const family = prefix === undefined ? undefined : FAMILIES[prefix];
    if (prefix !== undefined && family !== undefined) {
      return this.#ofFamily(lower, family(lower.slice(prefix.length)));
    }
    const slot = this.slotOf(lower);
    // A rule of the scope may say what it is ($secure_link); otherwise whoever has set it has put it there.
    return (route) => route.slots[slot] ?? route.scope.variables.get(lower)?.(route);
  }

  /** One that is assigned somewhere has that value once it is; until then it is what its prefix says. */
  #ofFamily(lower: string, member: Variable): Variable {
    if (!this.#assigned.has(lower)) {
      return member;
    }
    const slot = this.slotOf(lower);
    return (route) => route.slots[slot] ?? member(route);
  }

  #compileDefined(lower: string, model: DefinedVariable): Variable {
    const make = this.#maker(model);
    const slot = this.slotOf(lower);
    if (model.kind !== 'split' && model.isVolatile) {
      return once(make);
    }
    const guarded = once(make);
    return (route) => {
      const known = route.slots[slot];
      if (known !== undefined) {
        return known;
      }
      const value = guarded(route) ?? '';
      route.slots[slot] = value;
      return value;
    };
  }

  #maker(model: DefinedVariable): Variable {
    switch (model.kind) {
      case 'map':
        return compileMap(model, this.#compiler);
      case 'geo':
        return compileGeo(model, this.#compiler);
      case 'split':
        return compileSplit(model, this.#compiler);
      default:
        return unreachable(model);
    }
  }

  setter(name: string): (route: Route, value: string) => void {
    switch (name.toLowerCase()) {
      case 'args':
        return (route, value) => {
          route.query = value;
          route.isTargetSent = false;
        };
      case 'limit_rate':
        return (route, value) => {
          route.limitRate = parseRate(value) ?? route.limitRate;
        };
      default: {
        const slot = this.slotOf(name);
        return (route, value) => {
          route.slots[slot] = value;
        };
      }
    }
  }
}

/** Bytes, or with `k`, `m` behind; undefined if it is no size, and then nothing changes. */
function parseRate(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})([km]?)$/i.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 * 1024 };
  return digits === undefined ? undefined : Number(digits) * (factors[unit.toLowerCase()] ?? 1);
}

/** Maps that name each other in a circle would never end: inside of itself a variable has no value. */
function once(make: Variable): Variable {
  let isMaking = false;
  return (route) => {
    if (isMaking) {
      route.log('error', 'a variable is made of itself');
      return undefined;
    }
    isMaking = true;
    try {
      return make(route);
    } finally {
      isMaking = false;
    }
  };
}
