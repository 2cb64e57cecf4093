/**
 * Queries as clients send them first. They are tried when the system catalog starts, so that the code
 * they need is compiled before somebody waits for it.
 */
export const FIRST_STATEMENTS: readonly string[] = [
  `SELECT n.nspname, c.relname, CASE c.relkind WHEN 'r' THEN 'table' ELSE 'other' END,
     pg_catalog.pg_get_userbyid(c.relowner), pg_catalog.pg_table_size(c.oid),
     pg_catalog.obj_description(c.oid, 'pg_class')
   FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'v', 'f') AND n.nspname !~ '^pg_toast'
     AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1, 2`,
  `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
     (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) FROM pg_catalog.pg_attrdef d
      WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull,
     pg_catalog.col_description(a.attrelid, a.attnum)
   FROM pg_catalog.pg_attribute a
   WHERE a.attrelid = 'pg_catalog.pg_class'::pg_catalog.regclass AND a.attnum > 0
   ORDER BY a.attnum`,
  `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
   ORDER BY table_schema, table_name, ordinal_position LIMIT 10`,
  `SELECT b.oid, b.typarray FROM pg_catalog.pg_type a LEFT JOIN pg_catalog.pg_type b
   ON b.oid = a.typelem WHERE a.typcategory = 'A' GROUP BY b.oid, b.typarray`,
];
