/** Which variables a configuration may name: those that every request has, and those that it defines itself, anywhere. */

import { isForeignVariable, isKnownVariable, namedGroupsOf, VARIABLE_NAMES } from '../../model/variable-names.ts';
import { nearestWord } from '../../nearest.ts';
import type { Place } from '../../place.ts';
import type { NginxReport } from './report.ts';

/** What is longer is no slip of the fingers. */
const NAME_LENGTH_MAX = 64;

/** Of those that every request has, the ones that a configuration may define anew; the others are "duplicate". */
const DEFINABLE =
  /^(args|limit_rate|http3|request_port|is_request_port|ssl_\w+|invalid_referer|uid_reset|msie|(modern|ancient)_browser|proxy_host|proxy_port|upstream_last_server_name)$/;

/** Whether nginx refuses a definition of the variable. */
export function isTaken(name: string): boolean {
  const lower = name.toLowerCase();
  return VARIABLE_NAMES.has(lower) && !DEFINABLE.test(lower);
}

interface Use {
  readonly name: string;
  readonly place: Place;
}

export class KnownVariables {
  readonly #uses: Use[] = [];
  readonly #defined = new Set<string>();

  use(name: string, place: Place): void {
    this.#uses.push({ name, place });
  }

  define(name: string): void {
    this.#defined.add(name.toLowerCase());
  }

  defineGroups(text: string): void {
    for (const name of namedGroupsOf(text)) {
      this.define(name);
    }
  }

  /** When all of the files have been read: a variable may be used above the place that defines it. */
  tellUnknown(report: NginxReport): void {
    for (const { name, place } of this.#uses) {
      const lower = name.toLowerCase();
      if (!this.#defined.has(lower) && !isKnownVariable(lower) && !isForeignVariable(lower)) {
        report('nginx.unknown-variable', place, `unknown "${name}" variable`, {
          hint: () => this.#hintAt(lower),
        });
      }
    }
  }

  #hintAt(name: string): string | undefined {
    const nearest =
      name.length > NAME_LENGTH_MAX ? undefined : nearestWord(name, [...this.#defined, ...VARIABLE_NAMES]);
    return nearest === undefined ? undefined : `Did you mean $${nearest}?`;
  }
}
