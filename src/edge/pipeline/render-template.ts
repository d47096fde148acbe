import type { CompiledTemplate, Route } from './route.ts';

export function renderTemplate(template: CompiledTemplate, route: Route): string {
  return typeof template === 'string' ? template : template(route);
}
