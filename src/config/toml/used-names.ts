/** Names that the files of a portico.toml use and define: whatever is used has to be defined somewhere, in whichever order and file. */

import { isForeignVariable, isKnownVariable, VARIABLE_NAMES } from '../model/variable-names.ts';
import { nearestWord } from '../nearest.ts';
import type { Path, UsedName } from './kind.ts';

type Report = (path: Path, message: string) => void;

interface Use {
  readonly kind: UsedName;
  readonly name: string;
  readonly path: Path;
  /** Of the file in which it stands. */
  readonly report: Report;
}

export class UsedNames {
  readonly #uses: Use[] = [];
  readonly #variables = new Set<string>();

  use(use: Use): void {
    this.#uses.push(use);
  }

  defineVariable(name: string): void {
    this.#variables.add(name.toLowerCase());
  }

  /** When all of the files have been read. */
  tellUndefined(zones: readonly string[]): void {
    for (const { kind, name, path, report } of this.#uses) {
      if (kind === 'variable' && !this.#isVariable(name.toLowerCase())) {
        const nearest = nearestWord(name.toLowerCase(), [...this.#variables, ...VARIABLE_NAMES]);
        report(path, `there is no variable "$${name}"${asked(nearest === undefined ? undefined : `$${nearest}`)}`);
      }
      if (kind === 'zone' && !zones.includes(name)) {
        report(path, `there is no [zone.${name}]${asked(nearestWord(name, zones))}`);
      }
    }
  }

  #isVariable(name: string): boolean {
    return this.#variables.has(name) || isKnownVariable(name) || isForeignVariable(name);
  }
}

function asked(nearest: string | undefined): string {
  return nearest === undefined ? '' : `. Did you mean "${nearest}"?`;
}
