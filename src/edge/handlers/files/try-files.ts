/** try_files: the first path of a list for which there is a file, or a folder, becomes the path of the request; where there is none, the last is gone to. */

import type { TryFiles } from '../../../config/model/files.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { Template } from '../../../config/model/template.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route, Step } from '../../pipeline/route.ts';
import type { Verdict } from '../../pipeline/verdict.ts';
import { VERDICT } from '../../pipeline/verdict.ts';
import type { Found } from '../static/load-file.ts';
import { isMissing } from './absent-status.ts';
import type { FilePlace, FilePlaces } from './file-places.ts';
import type { CompileTemplate, FileServer } from './file-server.ts';
import { sayAbsent } from './say-absent.ts';

interface Tried {
  readonly path: CompiledTemplate;
  readonly isDirectory: boolean;
}

/** A step of the scopes that have the rule. */
export function compileTryFiles({ tryFiles }: Scope, compilation: TryFilesParts): Step | undefined {
  return tryFiles && stepOf(tryFiles, compilation.files, (template) => compilation.template(template));
}

/** What the step needs of a compilation. */
export interface TryFilesParts {
  readonly files: FileServer;
  template(template: Template): CompiledTemplate;
}

function stepOf(rule: TryFiles, server: FileServer, compile: CompileTemplate): Step {
  const tried = rule.paths.map((path): Tried => {
    const { text, isDirectory } = withoutFinalSlash(path);
    return { path: compile(text), isDirectory };
  });
  const { last } = rule;
  const end = last.kind === 'status' ? last.status : compile(last.uri);
  return (route) => tryNext(route, 0);

  function tryNext(route: Route, from: number): Verdict {
    const { places } = server.of(route.scope, compile);
    for (let at = from; ; at += 1) {
      const one = tried[at];
      if (one === undefined) {
        return typeof end === 'number' ? end : goTo(route, end, places);
      }
      const path = renderTemplate(one.path, route);
      const place = places.ofTried(route, path, typeof one.path !== 'string');
      if (place === undefined) {
        continue;
      }
      const found = server.sender.find(place.folder, place.path);
      if (found === undefined) {
        server.sender.wait(place.folder, place.path, {
          onFound: (late) =>
            goOn(route, takes(late, one, route, place) ? take(route, path, one) : tryNext(route, at + 1)),
        });
        return VERDICT.pending;
      }
      if (takes(found, one, route, place)) {
        return take(route, path, one);
      }
    }
  }

  function takes(found: Found, { isDirectory }: Tried, route: Route, place: FilePlace): boolean {
    if (found.kind !== 'absent') {
      return found.kind === 'directory' ? isDirectory : found.hasPlain && !isDirectory;
    }
    if (!found.isThere && !isMissing(found)) {
      sayAbsent(route, place, found);
    }
    return found.isThere && !isDirectory;
  }

  function take(route: Route, path: string, { path: template, isDirectory }: Tried): Verdict {
    const isMade = typeof template !== 'string';
    route.path = server.of(route.scope, compile).places.pathOfTried(route, path, { isMade, isDirectory });
    return VERDICT.proceed;
  }
}

/** After the disk has answered; it may be asked again. */
function goOn(route: Route, verdict: Verdict): void {
  if (verdict !== VERDICT.pending) {
    route.resume(verdict);
  }
}

/** A path with its query, or a named location. */
function goTo(route: Route, end: CompiledTemplate, places: FilePlaces): Verdict {
  const to = typeof end === 'string' ? end : places.withoutPrefix(route, end(route), true);
  if (to.startsWith('@')) {
    return route.relocateNamed(to);
  }
  const mark = to.indexOf('?');
  return mark === -1 ? route.relocate(to, '') : route.relocate(to.slice(0, mark), to.slice(mark + 1));
}

/** A slash at the end asks for a folder. */
function withoutFinalSlash(path: Template): { readonly text: Template; readonly isDirectory: boolean } {
  if (typeof path === 'string') {
    return path.endsWith('/') ? { text: path.slice(0, -1), isDirectory: true } : { text: path, isDirectory: false };
  }
  const last = path.at(-1);
  if (typeof last !== 'string' || !last.endsWith('/')) {
    return { text: path, isDirectory: false };
  }
  return { text: [...path.slice(0, -1), last.slice(0, -1)], isDirectory: true };
}
