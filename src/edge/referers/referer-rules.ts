/** `valid_referers`: whether the page that has led to a request is one of those that are welcome, as ngx_http_referer_module tells. */

import { WildcardTable } from '../plan/wildcard-table.ts';

/** Something that matches text: a regex of the configuration. */
export interface TextPattern {
  test(subject: string): boolean;
}

export interface RefererRulesParts {
  /** A request without the field is welcome. */
  readonly allowsNone: boolean;
  /** One whose field is no URL of http or https is. */
  readonly allowsBlocked: boolean;
  /** Hosts, with wildcards (`*.example.com`, `.example.com`, `example.*`), and with the beginning of a path or without. Of equal hosts the first counts. */
  readonly names: readonly string[];
  /** Matched with what follows the scheme. */
  readonly patterns: readonly TextPattern[];
  /** Regexes of server names, matched with the host. */
  readonly hostPatterns: readonly TextPattern[];
}

const SCHEME = /^https?:\/\//i;
/** A shorter field is taken for no URL, whatever it begins with: nginx's `http://i.ru`. */
const URL_LENGTH_MIN = 11;
const HOST_LENGTH_MAX = 256;
const HOST = /^[^/:]*/;

export class RefererRules {
  readonly #parts: RefererRulesParts;
  /** The beginning of the path that a host wants, by host. */
  readonly #exact = new Map<string, string>();
  readonly #wildcards = new WildcardTable<string>();

  constructor(parts: RefererRulesParts) {
    this.#parts = parts;
    for (const name of parts.names) {
      const slash = name.indexOf('/');
      this.#add((slash < 0 ? name : name.slice(0, slash)).toLowerCase(), slash < 0 ? '' : name.slice(slash));
    }
  }

  /** `referer` is latin-1 text; undefined: the request has no such field. */
  isWelcome(referer: string | undefined): boolean {
    const { allowsNone, allowsBlocked } = this.#parts;
    if (this.#isEmpty) {
      return true;
    }
    if (referer === undefined) {
      return allowsNone;
    }
    const [scheme] = SCHEME.exec(referer) ?? [];
    if (scheme === undefined || referer.length < URL_LENGTH_MIN) {
      return allowsBlocked;
    }
    return this.#knows(referer.slice(scheme.length));
  }

  #knows(rest: string): boolean {
    const host = (HOST.exec(rest)?.[0] ?? '').toLowerCase();
    if (host.length > HOST_LENGTH_MAX) {
      return false;
    }
    const path = this.#exact.get(host) ?? this.#wildcards.find(host);
    if (path !== undefined) {
      const slash = rest.indexOf('/');
      return path === '' || (slash >= 0 && rest.startsWith(path, slash));
    }
    const { patterns, hostPatterns } = this.#parts;
    return hostPatterns.some((pattern) => pattern.test(host)) || patterns.some((pattern) => pattern.test(rest));
  }

  /** Where no host is named, and no regex, whatever comes is welcome. */
  get #isEmpty(): boolean {
    const { patterns, hostPatterns } = this.#parts;
    return this.#exact.size === 0 && this.#wildcards.isEmpty && patterns.length === 0 && hostPatterns.length === 0;
  }

  #add(host: string, path: string): void {
    const isWildcard = host.startsWith('.') || host.startsWith('*.') || host.endsWith('.*');
    if (isWildcard) {
      this.#wildcards.add(host, path);
    }
    const exact = host.startsWith('.') ? host.slice(1) : host;
    if ((!isWildcard || host.startsWith('.')) && !this.#exact.has(exact)) {
      this.#exact.set(exact, path);
    }
  }
}
