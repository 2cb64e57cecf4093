import { snapshotRequest } from "../../binder/index.js";
import type { Query } from "../../parser/index.js";
import type { BoundQuery } from "../../plan/index.js";
import { TYPE_FACTS } from "../../types/index.js";
import type { Format, ResultColumn } from "../planner.js";
import type { Binding } from "./binding.js";
import type { PlanUses } from "./plan-uses.js";
import type { CompiledQuery } from "./services.js";

/** Complete DataRow messages that stay what they are. */
export interface FixedAnswer {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

const MOST_ANSWER_BYTES = 4096;
/** Clients ask for all text or all binary; more kinds are not worth their memory. */
const MOST_FORMATS = 2;

/** A query bound under one key: what statements with the same text, settings and catalog share. */
export class SharedPlan {
  readonly columns: readonly ResultColumn[];
  readonly parameterOids: readonly number[];
  /** By result formats; only where nothing but the key and the snapshot went into them. */
  private readonly compiled = new Map<string, CompiledQuery>();

  private readonly answers = new Map<string, FixedAnswer>();
  /** Whether another statement may have it: it depends on nothing but its key and the catalog. */
  readonly isShareable: boolean;
  private readonly readsNothing: boolean;

  constructor(
    readonly query: Query,
    readonly binding: Binding,
    uses: PlanUses,
  ) {
    this.isShareable = !uses.session && !uses.clock;
    const { relations, fileScans } = snapshotRequest(query, [""]);
    this.readsNothing = relations.length === 0 && fileScans.length === 0;
    this.columns = resultColumns(binding.statement.query);
    this.parameterOids = binding.statement.parameterTypes.map(({ name }) => TYPE_FACTS[name].oid);
  }

  get bound(): BoundQuery {
    return this.binding.statement.query;
  }

  get version(): bigint {
    return this.binding.snapshot.version;
  }

  /** Whether it holds at that version of the catalog, whatever became of files. */
  holdsAt(version: bigint): boolean {
    return this.readsNothing && this.version === version;
  }

  /** The rows of a query whose every value is immutable, once they were computed. */
  answerFor(formats: readonly Format[]): FixedAnswer | undefined {
    return this.answers.get(formats.join());
  }

  keepAnswer(formats: readonly Format[], bytes: Uint8Array, rowCount: number): void {
    const mayKeep = bytes.length <= MOST_ANSWER_BYTES && this.answers.size < MOST_FORMATS;
    if (mayKeep) this.answers.set(formats.join(), { bytes, rowCount });
  }

  compiledFor(formats: readonly Format[]): CompiledQuery | undefined {
    return this.compiled.get(formats.join());
  }

  keepCompiled(formats: readonly Format[], query: CompiledQuery): void {
    if (this.compiled.size < MOST_FORMATS) this.compiled.set(formats.join(), query);
  }
}

function resultColumns({ outputs }: BoundQuery): readonly ResultColumn[] {
  return outputs.map(({ name, column, relationOid, columnNumber }) => {
    const { oid, size } = TYPE_FACTS[column.type.name];
    return {
      name,
      typeOid: oid,
      typeSize: size,
      typmod: column.type.typmod,
      tableOid: relationOid,
      columnNumber,
    };
  });
}
