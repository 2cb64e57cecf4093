/**
 * engine: the door to the native engine; nothing else imports the addon.
 *
 * May import what stands left of it; it needs fragments to encode expressions, and implements plan's
 * ConstantEvaluator and catalog's FileInspector. Invariants: what fails is a SqlError; a page is
 * released once; start-up fails where the addon lacks an operation that functions are written as.
 * Start reading at engine.ts, then native.ts for the addon's own interface.
 */
export { EngineEvaluator } from "./constant-evaluator.js";
export { Engine, type EnginePage, type QueryHandle } from "./engine.js";
export {
  EngineLoadError,
  loadNativeModule,
  nativeProduct,
  type NativeEngine,
  type NativeMemory,
  type NativeModule,
  type NativeOptions,
  type NativePage,
} from "./native.js";
export { SessionTables, type CopyReading } from "./session-tables.js";
export { requiredOperations } from "./operations.js";
export type { OperatorProfile, QueryProfile } from "./profile.js";
