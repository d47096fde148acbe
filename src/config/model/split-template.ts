import type { Template } from './template.ts';

/** The template up to its first question mark, and what stands behind it; undefined if it has none. Marks in values of variables count for nothing. */
export function splitAtQuestionMark(template: Template): [before: Template, behind: Template | undefined] {
  const parts = typeof template === 'string' ? [template] : template;
  const index = parts.findIndex((part) => typeof part === 'string' && part.includes('?'));
  const part = parts[index];
  if (typeof part !== 'string') {
    return [template, undefined];
  }
  const mark = part.indexOf('?');
  return [
    [...parts.slice(0, index), part.slice(0, mark)],
    [part.slice(mark + 1), ...parts.slice(index + 1)],
  ];
}
