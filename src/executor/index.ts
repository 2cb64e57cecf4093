/**
 * executor: owns one device's engine, runs the tasks it is given and reports how they ended.
 *
 * May import what stands left of it. Invariant: every task is reported exactly once, and a query's
 * native state is closed after its last report. Start reading at local-executor.ts.
 */
export { LocalExecutor } from "./local-executor.js";
