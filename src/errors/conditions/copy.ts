import { SqlError } from "../sql-error.js";

export function copyFormatUnknown(name: string, position: number | undefined): SqlError {
  return new SqlError("invalidParameterValue", `COPY format "${name}" not recognized`).at(position);
}

export function copyOptionUnknown(name: string, position: number | undefined): SqlError {
  return new SqlError("syntaxError", `option "${name}" not recognized`).at(position);
}

export function conflictingOptions(position: number | undefined): SqlError {
  return new SqlError("syntaxError", "conflicting or redundant options").at(position);
}

export function optionNeedsHeaderChoice(name: string): SqlError {
  return new SqlError("syntaxError", `${name} requires a Boolean value or "match"`);
}

export function optionNeedsColumnNames(name: string, position: number | undefined): SqlError {
  const message = `argument to option "${name}" must be a list of column names`;
  return new SqlError("invalidParameterValue", message).at(position);
}

export function optionNeedsEncoding(name: string, position: number | undefined): SqlError {
  const message = `argument to option "${name}" must be a valid encoding name`;
  return new SqlError("invalidParameterValue", message).at(position);
}

export function headerMatchWithCopyTo(): SqlError {
  return new SqlError("featureNotSupported", 'cannot use "match" with HEADER in COPY TO');
}

/** `option`: "DELIMITER", "NULL". */
export function notInBinaryMode(option: string): SqlError {
  return new SqlError("syntaxError", `cannot specify ${option} in BINARY mode`);
}

export function headerInBinaryMode(): SqlError {
  return new SqlError("featureNotSupported", "cannot specify HEADER in BINARY mode");
}

/** `what`: "delimiter", "quote", "escape". */
export function notOneByte(what: string): SqlError {
  return new SqlError("featureNotSupported", `COPY ${what} must be a single one-byte character`);
}

export function csvModeOnly(what: string): SqlError {
  return new SqlError("featureNotSupported", `COPY ${what} available only in CSV mode`);
}

/** `what`: "force quote"; `direction`: "COPY TO". */
export function oneDirectionOnly(what: string, direction: string): SqlError {
  return new SqlError("featureNotSupported", `COPY ${what} only available using ${direction}`);
}

/** 22023 with the whole message: characters that must differ or are taken. */
export function badCopyCharacters(message: string): SqlError {
  return new SqlError("invalidParameterValue", message);
}

/** `what`: "COPY delimiter", "CSV quote character". */
export function inNullSpecification(what: string): SqlError {
  const message = `${what} must not appear in the NULL specification`;
  return new SqlError("featureNotSupported", message);
}

/** `option`: "FORCE_QUOTE". */
export function columnNotInCopy(option: string, column: string): SqlError {
  return new SqlError(
    "invalidColumnReference",
    `${option} column "${column}" not referenced by COPY`,
  );
}

export function copyFileForbidden(
  direction: "to" | "from",
  endpoint: "file" | "program",
): SqlError {
  const [role, what] =
    endpoint === "program"
      ? ["pg_execute_server_program", "COPY to or from an external program"]
      : direction === "to"
        ? ["pg_write_server_files", "COPY to a file"]
        : ["pg_read_server_files", "COPY from a file"];
  return new SqlError(
    "insufficientPrivilege",
    `must be superuser or have privileges of the ${role} role to ${what}`,
    {
      hint: "Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone.",
    },
  );
}

/** 0A000: the table's files are not ours to write. */
export function cannotInsertIntoForeignTable(name: string): SqlError {
  return new SqlError("featureNotSupported", `cannot insert into foreign table "${name}"`);
}
