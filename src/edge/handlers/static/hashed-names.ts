/**
 * Which file names carry a hash of the content, so that a client may keep them for good. A name that is wrongly taken for one is
 * stale for a year and cannot be called back; one that is missed costs a revalidation. So only what is surely a hash counts:
 *
 * - `name.0123456789ab.css`: Django's ManifestStaticFilesStorage, 12 hexadecimal digits after a dot;
 * - `name.<hex>.js` and `name-<hex>.js` of 20, 32, 40 or 64 digits: webpack, MD5, SHA-1, SHA-256.
 *
 * Digits alone are a time stamp (`report.202501311259.pdf`), letters alone may be a word. The eight letters of Vite and
 * esbuild (`app-BwQ5f3kd.js`) look like any word with a capital and a digit (`photo-iPhone12.png`), hence are not taken for a hash.
 */
const HASHED = /(?:\.([0-9a-f]{12})|[.-]([0-9a-f]{20}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}))(?:\.[^./]+)?$/;

export function isHashedName(path: string): boolean {
  const [, django, other] = HASHED.exec(path) ?? [];
  const hash = django ?? other ?? '';
  return /\d/.test(hash) && /[a-f]/.test(hash);
}
