/** The edge's end of a lane's connection, as far as lanes use it. */
export interface LaneSocket {
  /** True: the memory of `bytes` is free again. False: it is read from until all of it has left. */
  write(bytes: Buffer): boolean;
  /** Stops and starts reading from the worker. */
  pause(): void;
  resume(): void;
  destroy(): void;
}
