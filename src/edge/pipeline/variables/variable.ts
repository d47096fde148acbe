/** Undefined: the request has no such thing. '' is a value, and in text both are the same. */

import type { PipelineServices } from '../pipeline-services.ts';
import type { Route } from '../route.ts';

export type Variable = (route: Route) => string | undefined;

/** Variables by their names, as a file of this folder gives them. */
export type VariableTable = Readonly<Record<string, Variable>>;

/** What is behind the prefix of a variable's name, to the variable. */
export type VariableFamily = (name: string) => Variable;

export type VariableServices = Pick<PipelineServices, 'clock' | 'hostname' | 'traffic'>;
