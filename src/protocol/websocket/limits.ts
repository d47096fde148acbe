export const WEBSOCKET_LIMITS = {
  /** A message, all its fragments together, compressed or not. uvicorn's --ws-max-size is the same. */
  messageBytesMax: 16_777_216,
  /** Fragments below this cost more by being frames than by their bytes. */
  shortFragmentBytes: 1024,
  /** RFC 6455 5.5: the payload of a control frame. */
  controlBytesMax: 125,
  /** … and of a close frame, after its code. */
  closeReasonBytesMax: 123,
} as const;
