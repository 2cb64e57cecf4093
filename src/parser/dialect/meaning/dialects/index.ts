import type { ForeignDialect } from "../../names.js";
import type { Meaning } from "../rule.js";
import { BIGQUERY } from "./bigquery.js";
import { MYSQL } from "./mysql.js";
import { REDSHIFT } from "./redshift.js";
import { SNOWFLAKE } from "./snowflake.js";
import { TSQL } from "./tsql.js";

/** What is read of each dialect. */
export const MEANINGS: Readonly<Record<ForeignDialect, Meaning>> = {
  mysql: MYSQL,
  bigquery: BIGQUERY,
  snowflake: SNOWFLAKE,
  tsql: TSQL,
  redshift: REDSHIFT,
};
