import { functionCallNotSupported, SqlError, unreachable } from "../errors/index.js";
import { andThen, attempt } from "../session/index.js";
import type { Eventual, Session, TransactionStatus } from "../session/index.js";
import {
  decodeFrontendMessage,
  FRONTEND_TAG,
  writeBindComplete,
  writeCloseComplete,
  writeNoData,
  writeParameterDescription,
  writeParameterStatus,
  writeParseComplete,
  writeReadyForQuery,
  writeRowDescription,
  type DescribeTarget,
  type Format,
  type Frame,
  type FrontendMessage,
  type MessageWriter,
  type TransactionStatus as StatusByte,
} from "./codec/index.js";
import { CLOSED, type ConnectionState } from "./connection-state.js";
import { convertedParameters } from "./conversion.js";
import type { Outbox } from "./outbox.js";
import { isFatal, report, writeNotifications } from "./reply-writer.js";

const STATUS_BYTES: Readonly<Record<TransactionStatus, StatusByte>> = {
  idle: "I",
  active: "T",
  failed: "E",
};

type StartedState = Extract<ConnectionState, { kind: "idle" | "pipeline" | "skipping" }>;

/** Messages after which the client waits for ReadyForQuery without another Sync. */
const ANSWERED_BY_READY: ReadonlySet<number> = new Set([
  FRONTEND_TAG.query,
  FRONTEND_TAG.functionCall,
  FRONTEND_TAG.sync,
]);

/** Works on one message of a started connection; at once where it waits for nothing. */
export function messageStep(
  state: StartedState,
  frame: Frame,
  outbox: Outbox,
): Eventual<ConnectionState> {
  if (state.kind === "skipping" && !endsSkipping(frame)) return state;
  return attempt(
    () => work(state, decoded(frame, state.session), outbox),
    (error) => failed(error, state.session, frame, outbox),
  );
}

/** The message in UTF-8, whatever the client's encoding is. */
function decoded(frame: Frame, session: Session): FrontendMessage {
  const { charset } = session;
  if (charset === null) return decodeFrontendMessage(frame);
  const message = decodeFrontendMessage(frame, (bytes) => charset.decode(bytes));
  if (message.kind !== "bind") return message;
  const { parameterOids } = session.describeStatement(message.statement);
  const parameters = convertedParameters(message.parameters, parameterOids, charset);
  return { ...message, parameters };
}

/** Tells the client of an error, after which it may have to be skipped to its Sync. */
function failed(error: unknown, session: Session, frame: Frame, outbox: Outbox): ConnectionState {
  if (!(error instanceof SqlError)) throw error;
  report(outbox.writer, error, "ERROR");
  if (isFatal(error)) return CLOSED;
  session.failed();
  if (!ANSWERED_BY_READY.has(frame.tag)) {
    // A client may wait for the error before it sends Sync: its Flush, behind, is skipped.
    outbox.flush();
    return { kind: "skipping", session };
  }
  return ready(session, outbox);
}

function endsSkipping(frame: Frame): boolean {
  return frame.tag === FRONTEND_TAG.sync || frame.tag === FRONTEND_TAG.terminate;
}

/** Ends a query or a pipeline: changed settings, then ReadyForQuery. */
function ready(session: Session, outbox: Outbox): ConnectionState {
  if (session.status === "idle") writeNotifications(outbox.writer, session.takeNotifications());
  reportSettings(outbox.writer, session);
  session.ready();
  writeReadyForQuery(outbox.writer, STATUS_BYTES[session.status]);
  outbox.flush();
  return { kind: "idle", session };
}

/** ParameterStatus of what the client was not told yet. */
export function reportSettings(writer: MessageWriter, session: Session): void {
  for (const { name, value } of session.takeReports()) writeParameterStatus(writer, name, value);
}

function work(
  state: StartedState,
  message: FrontendMessage,
  outbox: Outbox,
): Eventual<ConnectionState> {
  const { session } = state;
  const { writer } = outbox;
  switch (message.kind) {
    case "query":
      return andThen(session.simpleQuery(message.text), () => ready(session, outbox));
    case "parse": {
      const { statement, text, parameterOids } = message;
      return andThen(session.prepare(statement, text, parameterOids), () => {
        writeParseComplete(writer);
        return inPipeline(state);
      });
    }
    case "bind": {
      const { portal, statement, parameters, resultFormats } = message;
      return andThen(session.bind(portal, statement, parameters, resultFormats), () => {
        writeBindComplete(writer);
        return inPipeline(state);
      });
    }
    case "describe":
      describe(message.target, message.name, session, writer);
      return inPipeline(state);
    case "execute":
      return andThen(session.execute(message.portal, message.maxRows), () => inPipeline(state));
    case "close":
      if (message.target === "statement") session.closeStatement(message.name);
      else session.closePortal(message.name);
      writeCloseComplete(writer);
      return inPipeline(state);
    case "flush":
      outbox.flush();
      return state.kind === "idle" ? state : inPipeline(state);
    case "sync":
      return andThen(session.sync(), () => ready(session, outbox));
    case "terminate":
      return CLOSED;
    case "functionCall":
      throw functionCallNotSupported();
    case "copy":
      // A client that has not yet seen its COPY fail still sends; these are dropped.
      return state;
    default:
      return unreachable(message);
  }
}

function inPipeline(state: StartedState): ConnectionState {
  return state.kind === "pipeline" ? state : { kind: "pipeline", session: state.session };
}

function describe(
  target: DescribeTarget,
  name: string,
  session: Session,
  writer: MessageWriter,
): void {
  if (target === "portal") {
    const described = session.describePortal(name);
    if (described === null) writeNoData(writer);
    else writeRowDescription(writer, described.columns, described.formats);
    return;
  }
  const { parameterOids, columns } = session.describeStatement(name);
  writeParameterDescription(writer, parameterOids);
  const textFormats: readonly Format[] = [];
  if (columns === null) writeNoData(writer);
  else writeRowDescription(writer, columns, textFormats);
}
