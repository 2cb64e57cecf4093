import { unexpectedDuringCopy } from "../errors/index.js";
import type { CopyMessage } from "../session/index.js";
import { decodeCopyFail, FRONTEND_TAG, type Frame } from "./codec/index.js";

/** What a message says to COPY … FROM STDIN; null where it says nothing, 08P01 where it may not. */
export function copyMessageOf({ tag, body }: Frame): CopyMessage | null {
  switch (tag) {
    case FRONTEND_TAG.copyData:
      return { kind: "data", bytes: body };
    case FRONTEND_TAG.copyDone:
      return { kind: "done" };
    case FRONTEND_TAG.copyFail:
      return { kind: "fail", reason: decodeCopyFail(body) };
    case FRONTEND_TAG.flush:
    case FRONTEND_TAG.sync:
      // Of a client that did not notice that its statement is a COPY.
      return null;
    default:
      throw unexpectedDuringCopy(tag);
  }
}
