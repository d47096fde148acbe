/** What the static files of a thread have been asked; only ever added to. */
export interface StaticCounts {
  /** Answered at once from what was known. */
  hit: number;
  /** Known files that were looked at again and had not changed. */
  revalidated: number;
  /** Looked up on disk in full. */
  loaded: number;
  /** Answered 404 or left to the next handler. */
  missing: number;
  /** Answered 403. */
  forbidden: number;
  /** Answered 503 for want of descriptors, memory or patience. */
  exhausted: number;
  /** Answered 500. */
  failed: number;
}

export function newStaticCounts(): StaticCounts {
  return { hit: 0, revalidated: 0, loaded: 0, missing: 0, forbidden: 0, exhausted: 0, failed: 0 };
}
