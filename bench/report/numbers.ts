// Figures as people read them: as many digits as mean something.

export const MISSING = '–';
const THOUSANDS = /\B(?=(\d{3})+$)/g;

/** 61,432; 1,470; 84.2; 3.14; 0.08. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (Math.abs(value) >= 100) return value.toFixed(0).replace(THOUSANDS, ',');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export function formatRatio(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  return value.toFixed(value >= 10 ? 1 : 2);
}
