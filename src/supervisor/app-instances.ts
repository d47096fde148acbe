/**
 * Which applications a new configuration leaves as they are, which come and which go. One whose settings have changed is another one, which runs beside the one
 * before for a while: it has a name of its own, `shop#2`. Everything between the processes goes by that name.
 */

import type { App, AppId } from '../config/model/app.ts';
import type { Content } from '../config/model/content.ts';
import type { Instruction } from '../config/model/instruction.ts';
import type { Location, ServerModel } from '../config/model/server-model.ts';
import { isEqual } from '../kernel/is-equal.ts';
import { omit } from '../kernel/omit.ts';

export interface AppChange {
  /** The new configuration, in which applications have the names under which they run. */
  readonly model: ServerModel;
  readonly added: readonly App[];
  readonly gone: readonly AppId[];
}

/** `taken`: the names of all applications that still run, those that end among them. */
export function changeApps(before: ServerModel, after: ServerModel, taken: ReadonlySet<AppId>): AppChange {
  const kept = keptNames(before.apps, after.apps);
  const names = new Map(kept);
  const used = new Set(taken);
  for (const { id } of after.apps.filter((app) => !kept.has(app.id))) {
    const name = freeName(id, used);
    used.add(name);
    names.set(id, name);
  }
  const nameOf = (id: AppId): AppId => names.get(id) ?? id;
  const model = renameApps(after, nameOf);
  const running = new Set(kept.values());
  return {
    model,
    added: model.apps.filter(({ id }) => !running.has(id)),
    gone: before.apps.map(({ id }) => id).filter((id) => !running.has(id)),
  };
}

/** Under what it is known to people. */
export function plainName(name: AppId): AppId {
  return name.replace(/#\d+$/, '');
}

/** By the new id, the name of the running application that is the same: rather one of the same name. */
function keptNames(before: readonly App[], after: readonly App[]): Map<AppId, AppId> {
  const left = new Map(before.map((app) => [app.id, app]));
  const kept = new Map<AppId, AppId>();
  for (const isCalledSo of [true, false]) {
    for (const app of after.filter(({ id }) => !kept.has(id))) {
      const same = [...left.values()].find(
        (each) =>
          (!isCalledSo || plainName(each.id) === plainName(app.id)) && isEqual(omit(each, 'id'), omit(app, 'id')),
      );
      if (same !== undefined) {
        kept.set(app.id, same.id);
        left.delete(same.id);
      }
    }
  }
  return kept;
}

function freeName(id: AppId, used: ReadonlySet<AppId>): AppId {
  let name = id;
  for (let number = 2; used.has(name); number += 1) {
    name = `${id}#${number}`;
  }
  return name;
}

function renameApps(model: ServerModel, nameOf: (id: AppId) => AppId): ServerModel {
  if (model.apps.every(({ id }) => nameOf(id) === id)) {
    return model;
  }
  const content = <T extends Content | undefined>(of: T): T =>
    of?.kind === 'app' ? { ...of, app: nameOf(of.app) } : of;
  const instruction = (of: Instruction): Instruction =>
    of.kind === 'if' ? { ...of, inside: of.inside.map(instruction), content: content(of.content) } : of;
  const within = <T extends Pick<Location, 'rewrite' | 'content' | 'locations'>>(of: T): T => ({
    ...of,
    rewrite: of.rewrite.map(instruction),
    content: content(of.content),
    locations: of.locations.map(within),
  });
  return {
    ...model,
    apps: model.apps.map((app) => ({ ...app, id: nameOf(app.id) })),
    sites: model.sites.map(within),
  };
}
