/** What the compilers of features are given: a feature is a function `(scope, compilation) => Step | Filter | … | undefined`, undefined where the scope does not have it. */

import type { ServerModel } from '../../config/model/server-model.ts';
import type { Pattern, Template } from '../../config/model/template.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Captures, CompiledTemplate, Route } from '../pipeline/route.ts';

export interface Compilation {
  readonly model: ServerModel;
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
  /** Constants come back as plain strings. */
  template(template: Template): CompiledTemplate;
  /** Undefined: no match. Bounded in time. Named groups set their variables in the route. */
  pattern(pattern: Pattern): (text: string, route: Route) => Captures | undefined;
  /** The value of a variable; '' is a value, undefined is "not found". */
  variable(name: string): (route: Route) => string | undefined;
  /** Sets a variable that the configuration defines (`set`, `auth_request_set`). */
  setter(name: string): (route: Route, value: string) => void;
}
