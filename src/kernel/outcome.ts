/** What may fail as expected says so in its type; `throw` is left for bugs. */
export type Outcome<T, F = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: F };

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failure<F>(fault: F): { readonly ok: false; readonly fault: F } {
  return { ok: false, fault };
}
