/** Keeps the memory of bytes from being used for others. */
export interface BytesHolder {
  /** `bytes`: what was given to `write`. */
  release(bytes: Buffer): void;
}

/** The edge's end of a lane's connection, as far as lanes use it. */
export interface LaneSocket {
  /** True: the memory of `bytes` is free again. False: it is read from until all of it has left, or never will, and released to `holder` then. */
  write(bytes: Buffer, holder?: BytesHolder): boolean;
  /** Stops and starts reading from the worker. */
  pause(): void;
  resume(): void;
  destroy(): void;
}
