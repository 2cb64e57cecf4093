import type { CatalogRelation, CatalogSnapshot } from "../catalog/index.js";
import type { ColumnStatistics } from "../plan/index.js";
import { snapshotOf, type Declarations } from "./bind-fixture.js";

/** The tables of TPC-H as the generator's files declare them. */
const TABLES: Declarations = {
  region: "r_regionkey bigint not null, r_name text not null, r_comment text not null",
  nation:
    "n_nationkey bigint not null, n_name text not null, n_regionkey bigint not null, " +
    "n_comment text not null",
  supplier:
    "s_suppkey bigint not null, s_name text not null, s_address text not null, " +
    "s_nationkey bigint not null, s_phone text not null, s_acctbal numeric(15,2) not null, " +
    "s_comment text not null",
  customer:
    "c_custkey bigint not null, c_name text not null, c_address text not null, " +
    "c_nationkey bigint not null, c_phone text not null, c_acctbal numeric(15,2) not null, " +
    "c_mktsegment text not null, c_comment text not null",
  part:
    "p_partkey bigint not null, p_name text not null, p_mfgr text not null, " +
    "p_brand text not null, p_type text not null, p_size integer not null, " +
    "p_container text not null, p_retailprice numeric(15,2) not null, p_comment text not null",
  partsupp:
    "ps_partkey bigint not null, ps_suppkey bigint not null, ps_availqty integer not null, " +
    "ps_supplycost numeric(15,2) not null, ps_comment text not null",
  orders:
    "o_orderkey bigint not null, o_custkey bigint not null, o_orderstatus text not null, " +
    "o_totalprice numeric(15,2) not null, o_orderdate date not null, " +
    "o_orderpriority text not null, o_clerk text not null, o_shippriority integer not null, " +
    "o_comment text not null",
  lineitem:
    "l_orderkey bigint not null, l_partkey bigint not null, l_suppkey bigint not null, " +
    "l_linenumber integer not null, l_quantity numeric(15,2) not null, " +
    "l_extendedprice numeric(15,2) not null, l_discount numeric(15,2) not null, " +
    "l_tax numeric(15,2) not null, l_returnflag text not null, l_linestatus text not null, " +
    "l_shipdate date not null, l_commitdate date not null, l_receiptdate date not null, " +
    "l_shipinstruct text not null, l_shipmode text not null, l_comment text not null",
};

const ROWS: Readonly<Record<string, number>> = {
  region: 5,
  nation: 25,
  supplier: 10_000,
  customer: 150_000,
  part: 200_000,
  partsupp: 800_000,
  orders: 1_500_000,
  lineitem: 6_001_215,
};

type Known = readonly [distinct: number, minimum?: string, maximum?: string];

/** Distinct values and bounds at scale 1. */
const COLUMNS: Readonly<Record<string, Known>> = {
  r_regionkey: [5, "0", "4"],
  r_name: [5],
  n_nationkey: [25, "0", "24"],
  n_name: [25],
  n_regionkey: [5, "0", "4"],
  s_suppkey: [10_000, "1", "10000"],
  s_name: [10_000],
  s_address: [10_000],
  s_nationkey: [25, "0", "24"],
  s_phone: [10_000],
  s_acctbal: [9_955, "-998.22", "9999.72"],
  c_custkey: [150_000, "1", "150000"],
  c_name: [150_000],
  c_nationkey: [25, "0", "24"],
  c_phone: [150_000],
  c_acctbal: [140_187, "-999.99", "9999.99"],
  c_mktsegment: [5],
  p_partkey: [200_000, "1", "200000"],
  p_name: [199_997],
  p_mfgr: [5],
  p_brand: [25],
  p_type: [150],
  p_size: [50, "1", "50"],
  p_container: [40],
  ps_partkey: [200_000, "1", "200000"],
  ps_suppkey: [10_000, "1", "10000"],
  ps_availqty: [9_999, "1", "9999"],
  ps_supplycost: [99_865, "1.00", "1000.00"],
  o_orderkey: [1_500_000, "1", "6000000"],
  o_custkey: [99_996, "1", "149999"],
  o_orderstatus: [3],
  o_orderdate: [2_406, "1992-01-01", "1998-08-02"],
  o_orderpriority: [5],
  o_shippriority: [1, "0", "0"],
  l_orderkey: [1_500_000, "1", "6000000"],
  l_partkey: [200_000, "1", "200000"],
  l_suppkey: [10_000, "1", "10000"],
  l_linenumber: [7, "1", "7"],
  l_quantity: [50, "1.00", "50.00"],
  l_extendedprice: [933_900, "901.00", "104949.50"],
  l_discount: [11, "0.00", "0.10"],
  l_tax: [9, "0.00", "0.08"],
  l_returnflag: [3],
  l_linestatus: [2],
  l_shipdate: [2_526, "1992-01-02", "1998-12-01"],
  l_commitdate: [2_466, "1992-01-31", "1998-10-31"],
  l_receiptdate: [2_554, "1992-01-04", "1998-12-31"],
  l_shipinstruct: [4],
  l_shipmode: [7],
};

function statisticsOf(name: string, rowCount: number): ColumnStatistics {
  const [distinctCount, minimum, maximum] = COLUMNS[name] ?? [undefined];
  const unique = distinctCount === rowCount;
  const averageWidth = undefined;
  return { nullFraction: 0, distinctCount, minimum, maximum, unique, sorted: false, averageWidth };
}

function withStatistics(relation: CatalogRelation): CatalogRelation {
  if (relation.kind === "view") return relation;
  const { relation: table } = relation;
  const rowCount = ROWS[table.name] ?? 0;
  const columns = new Map(table.columns.map((c) => [c.name, statisticsOf(c.name, rowCount)]));
  return { kind: "table", relation: { ...table, statistics: { rowCount, columns } } };
}

/** TPC-H at scale 1 as ANALYZE would know it, in schema public; and what else is declared. */
export function tpchSnapshot(others: Declarations = {}): CatalogSnapshot {
  const plain = snapshotOf({ ...TABLES, ...others });
  return {
    ...plain,
    relation: (name) => {
      const relation = plain.relation(name);
      return relation === undefined ? undefined : withStatistics(relation);
    },
  };
}
