/** What is new after a reload: who serves now, after how long, and in what the application differs from the one before. */

import type { AppFacts } from '../../protocol/control/zygote.ts';
import { log } from './fleet-changes.ts';
import type { FleetWorker, Generation, Turn } from './fleet-types.ts';

/** Workers that are named before the rest is counted. */
const WORKERS_NAMED_MAX = 8;

/** `old`: the generation that has served until now, if one has. */
export function tellReload(turn: Turn, old: Generation | undefined, next: Generation): void {
  const { fleet, nowMs } = turn;
  const workers = [...fleet.workers.values()].filter(
    ({ generation, state }) => generation === next.id && state === 'ready',
  );
  const seconds = ((nowMs - next.sinceMs) / 1000).toFixed(2);
  const who = `${nameWorkers(workers)} (generation ${fleet.takeoverCount}, after ${seconds} s)`;
  log(turn, 'info', `reloaded: the new workers serve, the old ones finish what they have: ${who}`);
  const changes = old === undefined ? [] : describeChanges(old, next);
  if (changes.length > 0) {
    log(turn, 'info', `changed by the reload: ${changes.join('; ')}`);
  }
  // The summary of the start, if that is still to come, has all of them.
  const known = new Set(fleet.toldWarnings);
  for (const warning of turn.server.isStarted ? warningsOf(next).filter((text) => !known.has(text)) : []) {
    log(turn, 'warning', warning);
  }
}

export function warningsOf({ facts }: Generation): readonly string[] {
  return facts?.warnings ?? [];
}

export function nameWorkers(workers: readonly FleetWorker[]): string {
  const named = workers.slice(0, WORKERS_NAMED_MAX).map(({ name, pid }) => `${name} (pid ${pid})`);
  const rest = workers.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** One phrase each. */
export function describeChanges(old: Generation, next: Generation): string[] {
  const [before, after] = [old.facts, next.facts];
  return [
    ...describeValue('Python', old.python, next.python),
    ...describeValue('the application', before?.app, after?.app),
    ...describeValue('the framework', frameworkOf(before), frameworkOf(after)),
    ...describeValue('the settings module', before?.settings, after?.settings),
    ...(old.preloaded === next.preloaded
      ? []
      : [next.preloaded ? 'the application is loaded once' : 'each worker loads the application']),
    ...describeFolders(foldersOf(before), foldersOf(after)),
  ];
}

function describeValue(what: string, before: string | null | undefined, after: string | null | undefined): string[] {
  return before && after && before !== after ? [`${what} was ${before}, is ${after}`] : [];
}

function frameworkOf(facts: AppFacts | undefined): string {
  return [facts?.framework, facts?.frameworkVersion].filter(Boolean).join(' ');
}

/** Folders of static files and uploads as the edge has them. */
function foldersOf(facts: AppFacts | undefined): Set<string> {
  return new Set([...(facts?.static ?? []), ...(facts?.media ?? [])].map(({ url, root }) => `${url} from ${root}`));
}

function describeFolders(before: ReadonlySet<string>, after: ReadonlySet<string>): string[] {
  return [
    ...[...after].filter((folder) => !before.has(folder)).map((folder) => `files of ${folder} are served`),
    ...[...before].filter((folder) => !after.has(folder)).map((folder) => `files of ${folder} are served no more`),
  ];
}
