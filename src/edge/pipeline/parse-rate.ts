/** Bytes, or with `k`, `m` behind; undefined if it is no size, and then nothing changes. */
export function parseRate(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})([km]?)$/i.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 * 1024 };
  return digits === undefined ? undefined : Number(digits) * (factors[unit.toLowerCase()] ?? 1);
}
