/**
 * Which folders the edge serves: those given by hand, then those that the application names. What is asked for below a folder given by
 * hand is the edge's to answer, as in a location of nginx. In the application's own folders the edge answers what is there, and
 * everything else stays the application's.
 */

import type { StaticFolder, UrlFolder } from '../config/model/folders.ts';
import type { ServeOptions } from '../config/serve-options.ts';
import type { AppFacts, WithheldFolder } from '../protocol/control/zygote.ts';

export function explicitMounts(model: ServeOptions, resolvePath: (path: string) => string): StaticFolder[] {
  return model.staticFolders.map(({ url, root }) => ({
    url,
    root: resolvePath(root),
    hashed: false,
    missing: 'refuse',
    links: 'inside',
    asked: [],
  }));
}

/** Folders that were given by hand for files which the application names in its answers. */
export function explicitNamedFolders(model: ServeOptions, resolvePath: (path: string) => string): UrlFolder[] {
  return [
    ...model.accelFolders.map(({ url, root }) => ({ url, root: resolvePath(root) })),
    ...model.sendfileFolders.map((root) => ({ url: '', root: resolvePath(root) })),
  ];
}

/** A folder that is not there yet is served when it comes. */
export function appMounts(model: ServeOptions, facts: AppFacts): StaticFolder[] {
  if (!model.appStatic) {
    return [];
  }
  const named = [...facts.static, ...facts.media.map((folder) => ({ ...folder, hashed: false }))];
  return named
    .filter(({ url }) => !isGivenByHand(model, url))
    .map(({ links, ...folder }) => ({ ...folder, missing: 'next', links: links ? 'anywhere' : 'inside' }));
}

/** Folders that the application names and on whose files it may decide, but for those that are served by hand. */
export function withheldFolders(model: ServeOptions, facts: AppFacts): readonly WithheldFolder[] {
  return model.appStatic ? facts.withheld.filter(({ url }) => !isGivenByHand(model, url)) : [];
}

function isGivenByHand(model: ServeOptions, url: string): boolean {
  return model.staticFolders.some((folder) => url.startsWith(folder.url));
}
