import type { BorrowedBody } from '../protocol/http/exchange.ts';

/** What stands between the body that an upstream sends and a client that may read more slowly. */
export interface ResponseFlow {
  /** `isContinued`: the bytes came in one frame with those before them. */
  write(bytes: BorrowedBody, isContinued: boolean): void;
  /** The worker has sent all. True: the response may be ended. False: the flow ends it when the client has caught up. */
  end(): boolean;
  /** The client has caught up with what it was sent. */
  onDrain(): void;
  /** The response is over, sent or not. */
  close(): void;
}
