import type { TemplateFor } from './subject.ts';

export function renderTemplate<S>(template: TemplateFor<S>, subject: S): string {
  return typeof template === 'string' ? template : template(subject);
}
