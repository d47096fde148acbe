/**
 * Which location a path belongs to, as nginx decides: the exact one, else the longest prefix, whose nested locations are asked next; and unless that prefix is
 * final, or an exact location was found, the first regex that matches, of the innermost level first.
 */

import type { CompiledLocation, Route } from '../pipeline/route.ts';
import type { CompiledPattern } from './compile-pattern.ts';
import { PrefixTable } from './prefix-table.ts';

/** A location and those inside of it. */
export interface LocationNode {
  readonly location: CompiledLocation;
  /** Of a regex. */
  readonly pattern: CompiledPattern | undefined;
  readonly inner: LocationTable | undefined;
  /** What answers a request for the prefix without its final slash. */
  readonly slashRedirect: CompiledLocation | undefined;
}

/** What was found, and that the search ends with it: it was exact, a redirect to the slash, or a regex. */
interface Found {
  readonly location: CompiledLocation;
  readonly isFinal: boolean;
}

export class LocationTable {
  readonly #exact = new Map<string, CompiledLocation>();
  readonly #prefixTexts: ReadonlySet<string>;
  readonly #prefixes: PrefixTable<LocationNode> | undefined;
  /** By the path that lacks nothing but the slash. */
  readonly #slashless = new Map<string, CompiledLocation>();
  readonly #patterns: readonly LocationNode[];

  constructor(nodes: readonly LocationNode[]) {
    const prefixes: [string, LocationNode][] = [];
    for (const node of nodes) {
      const { location, slashRedirect } = node;
      const { kind, text } = location;
      if (kind === 'exact' && !this.#exact.has(text)) {
        this.#exact.set(text, location);
      } else if (kind === 'prefix' || kind === 'final-prefix') {
        prefixes.push([text, node]);
      }
      if (slashRedirect !== undefined) {
        this.#slashless.set(text.slice(0, -1), slashRedirect);
      }
    }
    this.#prefixTexts = new Set(prefixes.map(([text]) => text));
    this.#prefixes = prefixes.length === 0 ? undefined : new PrefixTable(prefixes);
    this.#patterns = nodes.filter(({ location }) => location.kind === 'regex');
  }

  /** Undefined: none matches. A regex that matches sets the captures of the route. */
  find(path: string, route: Route): CompiledLocation | undefined {
    return this.#find(path, route)?.location;
  }

  #find(path: string, route: Route): Found | undefined {
    const exact = this.#exact.get(path);
    if (exact !== undefined) {
      return { location: exact, isFinal: true };
    }
    if (this.#slashless.size > 0 && !this.#prefixTexts.has(path)) {
      const redirect = this.#slashless.get(path);
      if (redirect !== undefined) {
        return { location: redirect, isFinal: true };
      }
    }
    const node = this.#prefixes?.find(path);
    const inner = node === undefined ? undefined : LocationTable.#within(node, path, route);
    if (inner?.isFinal === true) {
      return inner;
    }
    const byPattern = node?.location.kind === 'final-prefix' ? undefined : this.#byPattern(path, route);
    return byPattern ?? inner;
  }

  #byPattern(path: string, route: Route): Found | undefined {
    for (const node of this.#patterns) {
      if (node.pattern?.test(path, route) === true) {
        const { location } = LocationTable.#within(node, path, route);
        return { location, isFinal: true };
      }
    }
    return undefined;
  }

  static #within(node: LocationNode, path: string, route: Route): Found {
    const inner = node.inner === undefined ? undefined : node.inner.#find(path, route);
    return inner ?? { location: node.location, isFinal: false };
  }
}
