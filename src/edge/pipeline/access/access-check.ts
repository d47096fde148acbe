import type { Route } from '../route.ts';

/**
 * What one rule of access says: it lets the request in, it has nothing to say, it will say later, or a status. Only with `satisfy any` is there a difference between
 * the first two: there the first that lets in decides.
 */
export type AccessResult = 'granted' | 'silent' | 'pending' | number;

/** `done`: for a check that has returned `pending`, once. */
export type AccessCheck = (route: Route, done: (result: Exclude<AccessResult, 'pending'>) => void) => AccessResult;
