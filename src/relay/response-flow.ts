import type { BorrowedBody } from '../protocol/http/exchange.ts';

/** What stands between the body that an upstream sends and a client that may read more slowly. */
export interface ResponseFlow {
  /** `isContinued`: the bytes came in one piece with those before them. */
  write(bytes: BorrowedBody, isContinued: boolean): void;
  /** So many bytes that are not of the body were given to the client. `hasRoom`: the client can take more. */
  charge(bytes: number, hasRoom: boolean): void;
  /** The upstream has sent all. True: the response may be ended. False: the flow ends it when the client has caught up. */
  end(): boolean;
  /** The upstream will send no more, though there is more to it. True: the response may be cut. False: the flow cuts it when the client has what has come. */
  endShort?(): boolean;
  /** The upstream is done with this response: whatever the client still has to read, nothing of the upstream is held for it. */
  letGo(): void;
  /** The client has caught up with what it was sent. */
  onDrain(): void;
  /** The response is over, sent or not. */
  close(): void;
}
