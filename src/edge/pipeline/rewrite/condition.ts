/** The condition of an `if`. */

import { stat } from 'node:fs';
import type { Condition } from '../../../config/model/instruction.ts';
import { nodeDisk } from '../../handlers/static/disk.ts';
import { isReachable } from '../../handlers/static/open-without-links.ts';
import type { Compilation } from '../compilation.ts';
import { renderTemplate } from '../render-template.ts';
import type { Route, Step } from '../route.ts';
import { VERDICT } from '../verdict.ts';

/** Passes over `count` instructions if the condition does not hold. */
export function compileCondition(condition: Condition, count: number, compilation: Compilation): Step {
  if (condition.kind === 'file') {
    return compileFileTest(condition, count, compilation);
  }
  const holds = compileTest(condition, compilation);
  return (route) => {
    if (!holds(route)) {
      route.skip(count);
    }
    return VERDICT.proceed;
  };
}

type Test = (route: Route) => boolean;

function compileTest(condition: Exclude<Condition, { readonly kind: 'file' }>, compilation: Compilation): Test {
  const variable = compilation.variable(condition.variable);
  switch (condition.kind) {
    case 'true':
      return (route) => {
        const value = variable(route) ?? '';
        return value !== '' && value !== '0';
      };
    case 'equals': {
      const template = compilation.template(condition.value);
      return (route) => ((variable(route) ?? '') === renderTemplate(template, route)) !== condition.isNegated;
    }
    case 'matches': {
      const pattern = compilation.pattern(condition.pattern);
      return (route) => {
        const matches = pattern.test(variable(route) ?? '', route);
        if (!matches) {
          route.captures = undefined;
        }
        return matches !== condition.isNegated;
      };
    }
  }
}

const EXECUTABLE_BITS = 0o111;

/** The disk is asked beside the loop: a file server that does not answer must not hold the other requests. */
function compileFileTest(
  { test, path, isNegated }: Extract<Condition, { readonly kind: 'file' }>,
  count: number,
  compilation: Compilation,
): Step {
  const template = compilation.template(path);
  const goOn = (route: Route, holds: boolean): void => {
    if (holds === isNegated) {
      route.skip(count);
    }
    route.resume(VERDICT.proceed);
  };
  return (route) => {
    const name = renderTemplate(template, route);
    if (name === '' || name.includes('\0')) {
      if (!isNegated) {
        route.skip(count);
      }
      return VERDICT.proceed;
    }
    stat(Buffer.from(name, 'latin1'), (error, found) => {
      const isThere = error === null && isWanted(test, found);
      const { places } = compilation.files.of(route.scope, (text) => compilation.template(text));
      const links = places.linksFor(route);
      if (!isThere || links.kind === 'anywhere' || links.kind === 'inside') {
        goOn(route, isThere);
        return;
      }
      // What only a link leads to that is not followed is as good as missing.
      isReachable(name, links, nodeDisk).then(
        (isReached) => goOn(route, isReached),
        (fault: unknown) => {
          compilation.log('error', `a condition about a file: ${String(fault)}`);
          goOn(route, false);
        },
      );
    });
    return VERDICT.pending;
  };
}

interface FoundFile {
  isFile(): boolean;
  isDirectory(): boolean;
  readonly mode: number;
}

function isWanted(test: 'file' | 'directory' | 'any' | 'executable', found: FoundFile): boolean {
  switch (test) {
    case 'file':
      return found.isFile();
    case 'directory':
      return found.isDirectory();
    case 'any':
      return found.isFile() || found.isDirectory();
    case 'executable':
      return (found.mode & EXECUTABLE_BITS) !== 0;
  }
}
