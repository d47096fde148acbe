/** Variables of requests by their names: those that the configuration defines, and what the server knows of a request. */

import type { EdgeModel } from '../../config/model/server-model.ts';
import { VARIABLE_PREFIXES } from '../../config/model/variable-names.ts';
import { parseRate } from '../pipeline/parse-rate.ts';
import type { Route } from '../pipeline/route.ts';
import { CONNECTION_VARIABLES, proxyExtensionVariable } from '../pipeline/variables/connection-variables.ts';
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
import { tlsVariables } from '../pipeline/variables/tls-variables.ts';
import {
  UPSTREAM_VARIABLES,
  upstreamCookieVariable,
  upstreamFieldVariable,
  upstreamTrailerVariable,
} from '../pipeline/variables/upstream-variables.ts';
import type { Variable, VariableFamily, VariableServices } from '../pipeline/variables/variable.ts';
import { namesAssigned } from './names-assigned.ts';
import type { TextCompiler } from './text-compiler.ts';
import { VariableTable } from './variable-table.ts';

const FAMILIES: Readonly<Record<string, VariableFamily>> = {
  arg_: argumentVariable,
  cookie_: cookieVariable,
  http_: fieldVariable,
  sent_http_: sentFieldVariable,
  sent_trailer_: sentTrailerVariable,
  upstream_cookie_: upstreamCookieVariable,
  upstream_http_: upstreamFieldVariable,
  upstream_trailer_: upstreamTrailerVariable,
  proxy_protocol_tlv_: proxyExtensionVariable,
};

export class VariableCompiler {
  readonly #builtIn: ReadonlyMap<string, Variable>;
  readonly #table: VariableTable<Route>;
  /** `set`, named groups and the like give these a value. */
  readonly #assigned: ReadonlySet<string>;

  constructor(model: EdgeModel, compiler: TextCompiler<Route>, services: VariableServices) {
    this.#builtIn = new Map(
      Object.entries({
        ...REQUEST_VARIABLES,
        ...CONNECTION_VARIABLES,
        ...tlsVariables(services.clock),
        ...RESPONSE_VARIABLES,
        ...UPSTREAM_VARIABLES,
        ...fileVariables(services),
        ...serverVariables(services),
      }),
    );
    this.#assigned = namesAssigned(model);
    this.#table = new VariableTable(model.variables, {
      compiler,
      forwardedOf: ({ exchange }) => exchange.block.getAll('x-forwarded-for'),
      otherwise: (lower) => this.#builtInOf(lower),
    });
  }

  slotOf(name: string): number {
    return this.#table.slotOf(name);
  }

  variable(name: string): Variable {
    return this.#table.variable(name);
  }

  /** Of a name that the configuration does not define. */
  #builtInOf(lower: string): Variable {
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
