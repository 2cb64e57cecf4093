import { create, toBinary } from "@bufbuild/protobuf";
import { physicalTypeOf, type SqlType } from "../types/index.js";
import { copyFormatOf, settingsOf, type CopyFormat, type QuerySettings } from "./build-query.js";
import { encodeType } from "./encode-expression.js";
import {
  CopyInputSchema,
  CopyInput_Header,
  FieldSchema,
  TableShapeSchema,
} from "./generated/fragment_pb.js";

/** A column of a session's table. */
export interface ShapeColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

/** Bytes of millrace.plan.TableShape. */
export function tableShapeBytes(relation: string, columns: readonly ShapeColumn[]): Uint8Array {
  const fields = columns.map(({ name, type, nullable }) =>
    create(FieldSchema, { name, type: encodeType(physicalTypeOf(type)), nullable }),
  );
  return toBinary(TableShapeSchema, create(TableShapeSchema, { relation, columns: fields }));
}

/** A column that COPY reads, in the order of its input. */
export interface CopyInputColumn {
  /** Among the table's columns. */
  readonly ordinal: number;
  readonly name: string;
  /** Characters of varchar(n) and char(n); 0 for any number. */
  readonly mostCharacters: number;
  readonly padded: boolean;
  readonly forceNotNull: boolean;
  readonly forceNull: boolean;
}

/** How COPY … FROM STDIN reads rows. */
export interface CopyInput {
  readonly format: CopyFormat;
  readonly header: "none" | "skipped" | "matched";
  readonly columns: readonly CopyInputColumn[];
  /** A table column each: the literal text of what it gets where the input lacks it; null is NULL. */
  readonly defaults: readonly (string | null)[];
  readonly settings: QuerySettings;
}

const HEADERS = {
  none: CopyInput_Header.NO_HEADER,
  skipped: CopyInput_Header.SKIPPED,
  matched: CopyInput_Header.MATCHED,
} as const;

/** Bytes of millrace.plan.CopyInput. */
export function copyInputBytes(input: CopyInput): Uint8Array {
  const { format, header, columns, defaults, settings } = input;
  return toBinary(
    CopyInputSchema,
    create(CopyInputSchema, {
      format: copyFormatOf(format),
      header: HEADERS[header],
      columns: columns.map((column) => ({ ...column })),
      defaults: defaults.map((text) => ({ isNull: text === null, text: text ?? "" })),
      settings: settingsOf(settings),
    }),
  );
}
