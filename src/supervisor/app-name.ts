/** The two parts of APP: `module:expression`, or a path in the place of the module. */

/**
 * The first colon behind which nothing but an expression stands: a path may have colons too, as in `sites/a:b/wsgi.py:app`, and the arguments of a
 * factory anything. (python/portico_worker/finding/app_name.py has the same expression, and decides.)
 */
const PARTS = /^(.*?):[^:/()\s]*(?:\(.*\))?(?<!\.py)$/s;

/** The module or the path. */
export function targetOf(app: string): string {
  const target = PARTS.exec(app)?.[1];
  if (target !== undefined) {
    return target;
  }
  const [first = '', ...rest] = app.split(':');
  const isPath = app.endsWith('.py') || rest.join(':').split('(')[0]?.includes('/') === true;
  return isPath ? app : first;
}
