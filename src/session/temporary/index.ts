/**
 * session/temporary: tables and views that are one session's own.
 *
 * May import what stands left of session. Invariants: a state never changes, so going back to an
 * earlier moment is taking it again; rows are segments of the engine's, immutable, which live as long
 * as a moment names them to which the transaction may still go back. Start reading at
 * temporary-state.ts.
 */
export { baseOf, TemporaryCatalog, temporaryPath, TemporarySnapshot } from "./temporary-catalog.js";
export { TemporaryOids, TemporaryRelations, type SegmentStore } from "./temporary-relations.js";
export {
  isTemporarySchema,
  relationOf,
  rowCountOf,
  schemaOfView,
  TEMPORARY_SCHEMA_NAME,
  TemporaryState,
  type Segment,
  type TemporaryColumn,
  type TemporaryRelation,
  type TemporaryTable,
  type TemporaryView,
} from "./temporary-state.js";
