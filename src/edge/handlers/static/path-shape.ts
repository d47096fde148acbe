/** Decides which paths below a folder of files the application has claimed: the zygote has summed up its URL patterns as shapes. */

import type { PathShape } from '../../../config/model/folders.ts';
import { toLatin1 } from '../../../kernel/latin1.ts';

/** `path`: latin-1, like the path of an exchange. Undefined if no shape is given. */
export function compileShapes(shapes: readonly PathShape[]): ((path: string) => boolean) | undefined {
  if (shapes.length === 0) {
    return undefined;
  }
  const compiled = shapes.map(compileShape);
  return (path) => compiled.some((matches) => matches(path));
}

function compileShape({ prefix, suffix, spans }: PathShape): (path: string) => boolean {
  const start = toLatin1(prefix);
  const end = toLatin1(suffix);
  const isBetween = BETWEEN[spans];
  return (path) =>
    path.length >= start.length + end.length &&
    path.startsWith(start) &&
    path.endsWith(end) &&
    isBetween(path.slice(start.length, path.length - end.length));
}

const BETWEEN: Readonly<Record<PathShape['spans'], (text: string) => boolean>> = {
  nothing: (text) => text === '',
  word: (text) => !/[/.]/.test(text),
  segment: (text) => !text.includes('/'),
  path: () => true,
};
