/** What compilers of variables are given of the compiler of texts. */

import type { Pattern, Template } from '../../config/model/template.ts';
import type { TemplateFor } from '../pipeline/subject.ts';
import type { CompiledPattern } from './compile-pattern.ts';

export interface TextCompiler<S> {
  template(template: Template): TemplateFor<S>;
  pattern(pattern: Pattern): CompiledPattern;
}
