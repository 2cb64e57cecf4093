import { sqlType } from "../../types/index.js";

/** The type of counts. */
export const INT8 = sqlType("int8");
