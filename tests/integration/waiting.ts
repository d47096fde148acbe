import { setTimeout as delay } from 'node:timers/promises';

const STEP_MS = 10;
const PATIENCE_MS = 15_000;

/** For what only looking tells: a process that is gone, a file that was removed. */
export async function until(what: string, isSo: () => boolean, patienceMs: number = PATIENCE_MS): Promise<void> {
  for (let left = patienceMs; !isSo(); left -= STEP_MS) {
    if (left <= 0) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await delay(STEP_MS);
  }
}

/** Fails instead of hanging. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took more than ${ms} ms`)), ms);
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}
