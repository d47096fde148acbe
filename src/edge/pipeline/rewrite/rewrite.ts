/** `rewrite`: another path and other arguments for the request, or a redirect. */

import type { Rewrite } from '../../../config/model/instruction.ts';
import { splitAtQuestionMark } from '../../../config/model/split-template.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { Compilation } from '../compilation.ts';
import { unescapeRedirect } from '../escape-uri.ts';
import { renderTemplate } from '../render-template.ts';
import type { Route, Step } from '../route.ts';
import { VERDICT } from '../verdict.ts';

const FOUND = 302;
const MOVED = 301;

export function compileRewriteOf(rewrite: Rewrite, compilation: Compilation): Step {
  const pattern = compilation.pattern(rewrite.pattern);
  const apply =
    rewrite.flag === 'redirect' || rewrite.flag === 'permanent'
      ? compileRedirect(rewrite, compilation)
      : compileChange(rewrite, compilation);
  return (route) => {
    const subject = route.path;
    if (!pattern.test(subject, route)) {
      if (isLogged(route)) {
        route.log('notice', `"${rewrite.pattern.text}" does not match "${escapeLog(subject)}"`);
      }
      route.captures = undefined;
      return VERDICT.proceed;
    }
    if (isLogged(route)) {
      route.log('notice', `"${rewrite.pattern.text}" matches "${escapeLog(subject)}"`);
    }
    return apply(route);
  };
}

/** By `rewrite_log`. */
function isLogged(route: Route): boolean {
  return route.scope.model.logsRewrites === true;
}

function compileRedirect({ replacement, appendsArguments, flag }: Rewrite, compilation: Compilation): Step {
  const template = compilation.template(replacement, true);
  const [, behind] = splitAtQuestionMark(replacement);
  const joint = behind === undefined ? '?' : '&';
  const status = flag === 'permanent' ? MOVED : FOUND;
  return (route) => {
    const to = unescapeRedirect(renderTemplate(template, route));
    const isAppended = appendsArguments && route.query !== '';
    const whole = isAppended ? to + joint + route.query : to;
    if (isLogged(route)) {
      route.log('notice', `rewritten redirect: "${escapeLog(whole)}"`);
    }
    return route.redirect(status, whole);
  };
}

function compileChange({ replacement, appendsArguments, flag }: Rewrite, compilation: Compilation): Step {
  const [before, behind] = splitAtQuestionMark(replacement);
  const path = compilation.template(before);
  const query = behind === undefined ? undefined : compilation.template(behind, true);
  return (route) => {
    const newPath = renderTemplate(path, route);
    const newQuery = query === undefined ? undefined : renderTemplate(query, route);
    if (newPath === '') {
      route.log('error', 'the rewritten URI has a zero length');
      return 500;
    }
    route.query = queryAfter(route, newQuery, appendsArguments);
    route.path = newPath;
    if (isLogged(route)) {
      route.log('notice', `rewritten data: "${escapeLog(newPath)}", args: "${escapeLog(route.query)}"`);
    }
    route.isInternal = true;
    route.isTargetSent = false;
    route.uriChanged = flag !== 'break';
    route.isPathOfLocation &&= flag !== 'break';
    if (flag !== 'none') {
      route.skip(Infinity);
    }
    return VERDICT.proceed;
  };
}

function queryAfter({ query }: Route, replacement: string | undefined, appends: boolean): string {
  if (replacement === undefined) {
    return appends ? query : '';
  }
  return appends && query !== '' ? `${replacement}&${query}` : replacement;
}
