/** The applications that the locations of nginx's files name. Those that are equal in all settings are one, with one set of workers. */

import { omit } from '../../../kernel/omit.ts';
import type { App, AppId } from '../../model/app.ts';
import type { AppContent } from '../../model/content.ts';
import type { LocationMatch } from './directives/locations.ts';
import { LOCATION_MATCH } from './directives/locations.ts';
import type { SaidApp } from './directives/python-app.ts';
import { saidAppOf } from './directives/python-app.ts';
import type { Draft } from './draft.ts';
import type { NginxReport } from './report.ts';

export interface AppDefaults {
  /** What an application has that nothing is said of. */
  readonly app: App;
  /** `NAME` or `NAME=value`, of the top level. */
  readonly environment: readonly string[];
  /** What paths are relative to, and the folder that an application runs in; ends with a slash. */
  readonly prefix: string;
}

export class AppTable {
  readonly apps: App[] = [];
  readonly #defaults: Omit<App, 'id' | 'target'>;
  readonly #prefix: string;
  readonly #report: NginxReport;
  readonly #ids = new Map<string, AppId>();
  /** Where a module was named first, with the name of that application. */
  readonly #first = new Map<string, Draft>();

  constructor({ app, environment, prefix }: AppDefaults, report: NginxReport) {
    this.#prefix = prefix;
    this.#report = report;
    const set = environment.flatMap((text) => /^([^=]+)=(.*)$/s.exec(text)?.slice(1, 3) ?? []);
    const env = Object.fromEntries(set.flatMap((name, at) => (at % 2 === 0 ? [[name, set[at + 1] ?? '']] : [])));
    this.#defaults = { ...omit(app, 'id', 'target'), chdir: prefix.replace(/(?<=.)\/$/, ''), env };
  }

  /** Undefined: the block names none. */
  contentOf(draft: Draft): AppContent | undefined {
    const said = saidAppOf(draft);
    if (said === undefined) {
      return undefined;
    }
    return {
      kind: 'app',
      app: this.#idOf(said),
      scriptName: said.mount ?? mountOf(draft.within('location')?.own(LOCATION_MATCH)),
      folders: [],
      servesDeclared: said.servesDeclared,
    };
  }

  #idOf({ target, changes, draft }: SaidApp): AppId {
    const app = changes.reduce((before, change) => change(before, this.#prefix), this.#defaults);
    const key = JSON.stringify([
      target,
      { ...app, env: Object.entries(app.env).toSorted(([one], [other]) => (one < other ? -1 : 1)) },
    ]);
    const known = this.#ids.get(key);
    if (known !== undefined) {
      return known;
    }
    this.#tellOther(target, draft);
    const id = this.#freeId(target);
    this.#ids.set(key, id);
    this.apps.push({ ...app, id, target });
    return id;
  }

  /** Workers of two kinds are hardly meant where the one block says `workers` and the other nothing. */
  #tellOther(target: string, draft: Draft): void {
    const first = this.#first.get(target);
    if (first === undefined) {
      this.#first.set(target, draft);
      return;
    }
    const where = first.place.kind === 'file' ? ` in line ${first.place.line} of ${first.place.file}` : ' before';
    this.#report('nginx.suspicious', draft.place, `"${target}" is another application than the one${where}`, {
      severity: 'warning',
      hint: 'Its settings are others, so it has workers of its own. Say the same in both blocks if they are to share them.',
    });
  }

  #freeId(target: string): AppId {
    const taken = new Set(this.apps.map(({ id }) => id));
    let id = target;
    for (let number = 2; taken.has(id); number += 1) {
      id = `${target}-${number}`;
    }
    return id;
  }
}

/** A location of a path or a regex is no place at which an application is mounted. */
function mountOf(match: LocationMatch | undefined): string {
  return match?.kind === 'prefix' || match?.kind === 'final-prefix' ? match.text.replace(/\/$/, '') : '';
}
