-- Tables of the SQL tests, in schema `data`: PostgreSQL loads them from <table>.csv (NULL is \N),
-- Millrace reads the same rows from Parquet. A table with <table>.duckdb.sql has its rows made by
-- that query instead of a file.

-- Integers at their borders.
CREATE TABLE integers (id int4, i2 int2, i4 int4, i8 int8);

-- Numerics of several shapes; `whole` has all 38 digits.
CREATE TABLE numerics (id int4, small numeric(4,2), money numeric(15,2), fine numeric(30,15), whole numeric(38,0));

-- Floats with infinities, NaN, both zeros, subnormals.
CREATE TABLE floats (id int4, f4 float4, f8 float8);

-- Text: empty, blanks, quotes, patterns' own characters, several scripts.
CREATE TABLE strings (id int4, t text, v varchar(20), c char(5));

CREATE TABLE bytes (id int4, b bytea);

CREATE TABLE times (id int4, d date, t time, ts timestamp, tz timestamptz);

CREATE TABLE flags (id int4, b bool, u uuid);

-- No row at all.
CREATE TABLE nothing (id int4, n numeric(10,2), t text, d date, b bool);

-- One row, all NULL.
CREATE TABLE nulls (id int4, i8 int8, n numeric(10,2), f8 float8, t text, d date, ts timestamp, b bool);

-- Joinable: dangling and NULL keys on both sides, duplicates, a self-reference.
CREATE TABLE departments (id int4, name text, city text, budget numeric(12,2));
CREATE TABLE employees (id int4, department_id int4, manager_id int4, name text, salary numeric(10,2), bonus float8, hired date);
CREATE TABLE projects (id int4, title text, lead_id int4, starts date, ends date);
CREATE TABLE assignments (employee_id int4, project_id int4, hours int4);

-- Small sides of joins with duplicate and NULL keys: pair_a × pair_b match 0, 1, and many to many.
CREATE TABLE pair_a (k int4, k2 text, a int4);
CREATE TABLE pair_b (k int4, k2 text, b int4);

-- More rows than fit a vector, in several row groups: 20,000.
CREATE TABLE many (id int4, grp int4, name text, val int8, price numeric(12,2), ratio float8, day date, flag bool);
