/** With which statuses nginx adds the fields of `add_header` and its kin that do not say `always`. */

const ORDINARY: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

export function isOrdinary(status: number): boolean {
  return ORDINARY.has(status);
}
