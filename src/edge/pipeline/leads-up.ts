/**
 * Paths of requests are normalised when they are read. One that was put together later, of variables, captures or what a document says, may hold `..` again: what stands
 * in front of it in the configuration is then no longer the folder that it is taken for.
 */

const UPWARDS = /(?:^|\/)\.\.(?:\/|$)/;

/** Whether a name of the path is `..`. */
export function leadsUp(path: string): boolean {
  return path.includes('..') && UPWARDS.test(path);
}
