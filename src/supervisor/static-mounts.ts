/** Which folders the edge serves: those given by hand, then those that the application names and that exist. */

import type { ServerModel } from '../config/model.ts';
import type { StaticMount } from '../protocol/control/edge.ts';
import type { AppFacts } from '../protocol/control/zygote.ts';

export function explicitMounts(model: ServerModel, resolvePath: (path: string) => string): StaticMount[] {
  return model.staticFolders.map(({ url, root }) => ({ url, root: resolvePath(root), hashed: false }));
}

export function appMounts(model: ServerModel, facts: AppFacts, isFolder: (path: string) => boolean): StaticMount[] {
  if (!model.appStatic) {
    return [];
  }
  const taken = new Set(model.staticFolders.map(({ url }) => url));
  const named = [...facts.static, ...facts.media.map((folder) => ({ ...folder, hashed: false }))];
  return named.filter(({ url, root }) => !taken.has(url) && isFolder(root));
}
