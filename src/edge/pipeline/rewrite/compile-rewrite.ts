/**
 * The instructions of nginx's rewrite module as steps, in one flat list: an `if` whose condition does not hold passes over the instructions inside of it. The list of a
 * location is run each time that the location is found, the list of a site before a location is looked for.
 */

import type { Content } from '../../../config/model/content.ts';
import type { Instruction, ScopeId } from '../../../config/model/instruction.ts';
import { unreachable } from '../../../kernel/unreachable.ts';
import type { Compilation } from '../compilation.ts';
import type { CompiledScope, Produce, Step } from '../route.ts';
import { VERDICT } from '../verdict.ts';
import { compileCondition } from './condition.ts';
import { compileReturn } from './return.ts';
import { compileRewriteOf } from './rewrite.ts';

export interface RewriteCompilation extends Compilation {
  scopeOf(id: ScopeId): CompiledScope;
  produceOf(content: Content): Produce;
}

export function compileRewrite(instructions: readonly Instruction[], compilation: RewriteCompilation): Step[] {
  return instructions.flatMap((instruction) => compileInstruction(instruction, compilation));
}

function compileInstruction(instruction: Instruction, compilation: RewriteCompilation): Step[] {
  switch (instruction.kind) {
    case 'set':
      return [compileSet(instruction, compilation)];
    case 'rewrite':
      return [compileRewriteOf(instruction, compilation)];
    case 'return':
      return [compileReturn(instruction, compilation)];
    case 'break':
      return [leave];
    case 'if':
      return compileIf(instruction, compilation);
    default:
      return unreachable(instruction);
  }
}

function leave(route: Parameters<Step>[0]): number {
  route.isPathOfLocation &&= !route.uriChanged;
  route.uriChanged = false;
  route.skip(Infinity);
  return VERDICT.proceed;
}

function compileSet(
  { variable, value }: Extract<Instruction, { readonly kind: 'set' }>,
  compilation: Compilation,
): Step {
  const set = compilation.setter(variable);
  // nginx escapes captures here too, where the path had escapes.
  const template = compilation.template(value, true);
  if (typeof template === 'string') {
    return (route) => {
      set(route, template);
      return VERDICT.proceed;
    };
  }
  return (route) => {
    set(route, template(route));
    return VERDICT.proceed;
  };
}

function compileIf(
  instruction: Extract<Instruction, { readonly kind: 'if' }>,
  compilation: RewriteCompilation,
): Step[] {
  const inside = compileRewrite(instruction.inside, compilation);
  const scope = compilation.scopeOf(instruction.scope);
  const produce = instruction.content && compilation.produceOf(instruction.content);
  const enter: Step = (route) => {
    route.scope = scope;
    route.produce = produce ?? route.produce;
    return VERDICT.proceed;
  };
  return [compileCondition(instruction.condition, inside.length + 1, compilation), enter, ...inside];
}
