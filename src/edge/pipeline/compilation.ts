/** What the compilers of features are given. A feature is a function `(scope, compilation) => Step | Filter | … | undefined`, undefined where the scope does not have it. */

import type { EdgeModel } from '../../config/model/server-model.ts';
import type { Pattern, Template } from '../../config/model/template.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { FileServer } from '../handlers/files/file-server.ts';
import type { PasswordChecker } from '../passwords/password-checker.ts';
import type { UserFiles } from './access/user-files.ts';
import type { PipelineServices } from './pipeline-services.ts';
import type { CompiledTemplate, Route } from './route.ts';
import type { Captures } from './subject.ts';
import type { Variable } from './variables/variable.ts';
import type { OpenZones } from './zones.ts';

export interface Compilation {
  readonly model: EdgeModel;
  readonly clock: Clock;
  readonly log: PipelineServices['log'];
  readonly files: FileServer;
  readonly zones: OpenZones;
  readonly userFiles: UserFiles;
  readonly passwords: Pick<PasswordChecker, 'check'>;
  /** Constants come back as plain strings. `quotes`: captures are escaped where the path had escapes, as they are where they become arguments. */
  template(template: Template, quotes?: boolean): CompiledTemplate;
  pattern(pattern: Pattern): RoutePattern;
  /** One that the configuration or the server defines. */
  variable(name: string): Variable;
  /** Gives a variable another value: of `set`, `auth_request_set`. */
  setter(name: string): (route: Route, value: string) => void;
}

/** A regex of the configuration. What it is matched with is latin-1 text. Throws `CostlyMatch` where a text would keep it busy for too long. */
export interface RoutePattern {
  match(subject: string): Captures | undefined;
  /** As `match`; the captures of the route, and the variables that are named in the pattern, are those of the match then. */
  test(subject: string, route: Route): boolean;
}
