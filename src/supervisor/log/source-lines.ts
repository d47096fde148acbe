/**
 * The stack trace of an error of ours, by the lines of the sources: the bundle's own say little to whoever looks for the place. The source
 * map is read when there is a trace to translate, so that a start costs nothing, and here, so that no edge stands still meanwhile.
 */

import { readFileSync } from 'node:fs';
import type { SourceMapPayload } from 'node:module';
import { dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the bundles are; in a checkout the sources run, and there is nothing to translate. */
const BUNDLES = extname(import.meta.filename) === '.js' ? dirname(dirname(import.meta.filename)) : '';
/** A place in a trace: the file as a URL, line and column, both from 1. */
const PLACE = /(file:\/\/\/\S+?\.js):(\d+):(\d+)/g;

export function nameSources(text: string, bundles: string = BUNDLES): string {
  if (bundles === '' || !text.includes('.js:')) {
    return text;
  }
  const maps = new Map<string, ReturnType<typeof readMap>>();
  return text.replaceAll(PLACE, (place, url: string, line: string, column: string) => {
    const path = pathOf(url);
    if (dirname(dirname(path)) !== bundles) {
      return place;
    }
    const map = maps.get(path) ?? readMap(path);
    maps.set(path, map);
    const entry = map?.findEntry(Number(line) - 1, Number(column) - 1);
    return entry !== undefined && 'originalSource' in entry
      ? `${entry.originalSource.replace(/^.*?(?=(src|node_modules)\/)/, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      : place;
  });
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return '';
  }
}

/** Undefined where there is none that could be read: the trace is shown as it is. */
function readMap(path: string) {
  // Loaded by what is said, not at the start.
  const { SourceMap } = process.getBuiltinModule('node:module');
  try {
    // Our own file, made with the bundle.
    return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
