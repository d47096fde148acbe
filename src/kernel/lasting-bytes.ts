/**
 * Buffers that keep their bytes as long as they live, such as those of files that lie in memory: what is derived from one may be kept by it. Most buffers of bodies are
 * filled anew for each response, and must never be taken for such a one: what was derived of the last response would be given to somebody else.
 */

const lasting = new WeakSet<Buffer>();

/** Says of a buffer that nobody writes to it any more. */
export function markLasting(bytes: Buffer): void {
  lasting.add(bytes);
}

export function isLasting(bytes: unknown): bytes is Buffer {
  return Buffer.isBuffer(bytes) && lasting.has(bytes);
}
