/**
 * Which folders the edge serves of those that an application names when it is loaded. There the edge answers what is there, and everything else stays the
 * application's. Folders that were given by hand are part of the model, and what is below their URLs is theirs.
 */

import type { App, AppId } from '../config/model/app.ts';
import type { AppContent, Content } from '../config/model/content.ts';
import type { StaticFolder, UrlFolder } from '../config/model/folders.ts';
import type { Location, ServerModel } from '../config/model/server-model.ts';
import type { AppFacts, WithheldFolder } from '../protocol/control/zygote.ts';

/** Where an application answers, in all sites. */
export function contentsOf(model: ServerModel, app: AppId): AppContent[] {
  const isIts = (content: Content): content is AppContent => content.kind === 'app' && content.app === app;
  const within = ({ content, locations }: Pick<Location, 'content' | 'locations'>): Content[] => [
    content,
    ...locations.flatMap(within),
  ];
  return model.sites.flatMap(within).filter(isIts);
}

/** A folder that is not there yet is served when it comes. */
export function appFolders(contents: readonly AppContent[], facts: AppFacts): StaticFolder[] {
  const named = [...facts.static, ...facts.media.map((folder) => ({ ...folder, hashed: false }))];
  return named
    .filter(({ url }) => isServed(contents, url))
    .map(({ links, ...folder }) => ({ ...folder, missing: 'next', links: links ? 'anywhere' : 'inside' }));
}

/** Folders that the application names and on whose files it may decide, but for those that are served by hand. */
export function withheldFolders(contents: readonly AppContent[], facts: AppFacts): readonly WithheldFolder[] {
  return facts.withheld.filter(({ url }) => isServed(contents, url));
}

/** All folders whose files are sent without, or in the name of, an application. */
export interface Folders {
  readonly mounts: readonly StaticFolder[];
  /** Folders that the application names, and on whose files it may decide: it is asked for each of them. */
  readonly withheld: readonly WithheldFolder[];
  /** Folders from which the edge sends the files that the application names in its answers. */
  readonly namedFolders: readonly UrlFolder[];
}

export function foldersOf(model: ServerModel, { id, namedFolders }: App, facts: AppFacts | undefined): Folders {
  const contents = contentsOf(model, id);
  return {
    mounts: [
      ...contents.flatMap(({ folders }) => folders),
      ...(facts === undefined ? [] : appFolders(contents, facts)),
    ],
    withheld: facts === undefined ? [] : withheldFolders(contents, facts),
    namedFolders: [...namedFolders, ...(facts?.named ?? [])],
  };
}

/** Whether one of the places where the application answers serves what it declares, and has no folder of its own at that URL. */
function isServed(contents: readonly AppContent[], url: string): boolean {
  return contents.some(
    ({ folders, servesDeclared }) => servesDeclared && !folders.some((folder) => url.startsWith(folder.url)),
  );
}
