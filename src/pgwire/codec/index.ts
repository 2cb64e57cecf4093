/**
 * pgwire/codec: bytes to frontend messages, backend messages to bytes.
 *
 * May import only errors. Invariant: pure functions of bytes; whatever a peer sends ends in a message
 * or a SqlError, with memory bounded by what has arrived. pg-protocol's reader trusts its peer (its
 * strings run past the message) and its writer gives a buffer a message, so both are our own here.
 * Start reading at frame-reader.ts.
 */
export * from "./backend-message.js";
export { FRAME_LIMITS, FrameReader, type Frame, type FrameLimits } from "./frame-reader.js";
export {
  decodeCopyFail,
  decodeFrontendMessage,
  decodePassword,
  decodeSaslInitial,
  FRONTEND_TAG,
  type BindMessage,
  type DescribeTarget,
  type Format,
  type FrontendMessage,
  type WireParameter,
} from "./frontend-message.js";
export { MessageWriter } from "./message-writer.js";
export { decodeStartupPacket, type StartupPacket } from "./startup-packet.js";
