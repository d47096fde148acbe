/** What compilers of variables are given of the compiler of texts. */

import type { Pattern, Template } from '../../config/model/template.ts';
import type { CompiledTemplate } from '../pipeline/route.ts';
import type { CompiledPattern } from './compile-pattern.ts';

export interface TextCompiler {
  template(template: Template): CompiledTemplate;
  pattern(pattern: Pattern): CompiledPattern;
}
