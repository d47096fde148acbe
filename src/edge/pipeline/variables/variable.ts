import type { PipelineServices } from '../pipeline-services.ts';
import type { Route } from '../route.ts';
import type { VariableFor } from '../subject.ts';

export type Variable = VariableFor<Route>;

/** Variables by their names, as a file of this folder gives them. */
export type VariableTable = Readonly<Record<string, Variable>>;

/** What is behind the prefix of a variable's name, to the variable. */
export type VariableFamily = (name: string) => Variable;

export type VariableServices = Pick<PipelineServices, 'clock' | 'hostname' | 'traffic'>;
