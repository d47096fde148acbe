/** What compilers of filters are given, made up for tests: templates are constants, or read the slots of the route by `set` variables. */

import type { EdgeModel } from '../../config/model/server-model.ts';
import type { Template } from '../../config/model/template.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { FileServer } from '../handlers/files/file-server.ts';
import { UserFiles } from '../pipeline/access/user-files.ts';
import type { Compilation } from '../pipeline/compilation.ts';
import type { CompiledTemplate, Route } from '../pipeline/route.ts';
import { OpenZones } from '../pipeline/zones.ts';

/** Variables by their names. */
export type FakeVariables = Readonly<Record<string, (route: Route) => string | undefined>>;

export interface FakeCompilation extends Compilation {
  readonly logged: string[];
  readonly values: Map<string, string>;
}

export function fakeCompilation(
  model: Partial<Pick<EdgeModel, 'charsetMaps'>> = {},
  variables: FakeVariables = {},
  clock: FakeClock = new FakeClock(),
): FakeCompilation {
  const logged: string[] = [];
  const values = new Map<string, string>();
  const lookUp = (name: string, route: Route): string | undefined => values.get(name) ?? variables[name]?.(route);
  return {
    model: { edge: { threads: 1 }, charsetMaps: [], ...model } as unknown as EdgeModel,
    clock,
    files: new FileServer({ clock, log: () => undefined }),
    zones: new OpenZones([], [], () => ''),
    userFiles: new UserFiles(clock),
    passwords: { check: () => 'unknown' },
    logged,
    values,
    log: (level, text) => logged.push(`${level}: ${text}`),
    template: (template) => compileFake(template, lookUp),
    pattern: ({ text, isCaseless }) => {
      const regex = new RegExp(text, isCaseless ? 'i' : '');
      return {
        match: (subject) => regex.exec(subject) ?? undefined,
        test: (subject, route) => {
          route.captures = regex.exec(subject) ?? undefined;
          return route.captures !== undefined;
        },
      };
    },
    variable: (name) => (route) => lookUp(name, route),
    setter: (name) => (_route, value) => values.set(name, value),
  };
}

function compileFake(template: Template, lookUp: (name: string, route: Route) => string | undefined): CompiledTemplate {
  if (typeof template === 'string') {
    return template;
  }
  return (route) =>
    template
      .map((part) =>
        typeof part === 'string'
          ? part
          : 'variable' in part
            ? (lookUp(part.variable, route) ?? '')
            : (route.captures?.[part.capture] ?? ''),
      )
      .join('');
}
