#include "tests/backend/cuda/tpch_queries.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "base/status.h"

namespace millrace::tests {

namespace {

const plan::Type kKey = type(plan::I64);
const plan::Type kInt = type(plan::I32);
const plan::Type kDate = type(plan::DATE);
const plan::Type kText = type(plan::TEXT);
const plan::Type kCount = type(plan::I64);
const plan::Type kNumeric = type(plan::NUMERIC);
plan::Type d64(uint32_t precision, int32_t scale) { return type(plan::D64, precision, scale); }
plan::Type d128(int32_t scale) { return type(plan::D128, 38, scale); }
const plan::Type kMoney = d64(15, 2);

plan::Expression col(uint32_t ordinal, const plan::Type& of) { return column(ordinal, of, false); }

plan::Operator publishing(plan::Operator join, uint32_t filter_id) {
  plan::PublishedFilter* filter = join.mutable_hash_join()->add_publishes();
  filter->set_filter_id(filter_id);
  return join;
}

plan::Operator filtered(plan::Operator scanned, uint32_t filter_id, uint32_t ordinal) {
  plan::RuntimeFilterUse* use = scanned.mutable_scan()->add_runtime_filters();
  use->set_filter_id(filter_id);
  use->set_column(ordinal);
  return scanned;
}

/// l_extendedprice * (1 - l_discount), checked at 18 digits.
plan::Expression discounted(uint32_t price, uint32_t discount) {
  plan::Expression rest =
      call("sub", {literal(kMoney, "1.00"), col(discount, kMoney)}, d64(16, 2), false);
  return call("mul", {col(price, kMoney), std::move(rest)}, d64(18, 4), false);
}

plan::Operator q1(const std::string& dir) {
  plan::Operator input = tpch_scan(dir, "lineitem",
                                   {{"l_quantity", kMoney},
                                    {"l_extendedprice", kMoney},
                                    {"l_discount", kMoney},
                                    {"l_tax", kMoney},
                                    {"l_returnflag", kText},
                                    {"l_linestatus", kText},
                                    {"l_shipdate", kDate}},
                                   {compare("le", col(6, kDate), literal(kDate, "1998-09-02"))});
  plan::Expression taxed =
      call("add", {literal(kMoney, "1.00"), col(3, kMoney)}, d64(16, 2), false);
  plan::Expression charge = call("mul", {discounted(1, 2), std::move(taxed)}, d128(6), false);
  const plan::Expression scale = literal(kInt, "2");
  plan::Operator groups = aggregate(std::move(input), {col(4, kText), col(5, kText)},
                                    {aggregate_call("sum", {col(0, kMoney)}, d128(2)),
                                     aggregate_call("sum", {col(1, kMoney)}, d128(2)),
                                     aggregate_call("sum", {discounted(1, 2)}, d128(4)),
                                     aggregate_call("sum", {std::move(charge)}, d128(6)),
                                     aggregate_call("avg", {col(0, kMoney), scale}, kNumeric),
                                     aggregate_call("avg", {col(1, kMoney), scale}, kNumeric),
                                     aggregate_call("avg", {col(2, kMoney), scale}, kNumeric),
                                     aggregate_call("count_star", {}, kCount)});
  return sort(std::move(groups), {sort_key(col(0, kText)), sort_key(col(1, kText))});
}

plan::Operator q3(const std::string& dir) {
  plan::Operator customers =
      tpch_scan(dir, "customer", {{"c_custkey", kKey}, {"c_mktsegment", kText}},
                {compare("eq", col(1, kText), literal(kText, "BUILDING"))});
  plan::Operator orders =
      filtered(tpch_scan(dir, "orders",
                         {{"o_orderkey", kKey},
                          {"o_custkey", kKey},
                          {"o_orderdate", kDate},
                          {"o_shippriority", kInt}},
                         {compare("lt", col(2, kDate), literal(kDate, "1995-03-15"))}),
               1, 1);
  plan::Operator of_customers =
      publishing(hash_join(plan::INNER, std::move(orders), std::move(customers),
                           {join_key(col(1, kKey), col(0, kKey))}, {}, {0, 2, 3}),
                 1);
  plan::Operator lines =
      filtered(tpch_scan(dir, "lineitem",
                         {{"l_orderkey", kKey},
                          {"l_extendedprice", kMoney},
                          {"l_discount", kMoney},
                          {"l_shipdate", kDate}},
                         {compare("gt", col(3, kDate), literal(kDate, "1995-03-15"))}),
               2, 0);
  plan::Operator joined =
      publishing(hash_join(plan::INNER, std::move(lines), std::move(of_customers),
                           {join_key(col(0, kKey), col(0, kKey))}, {}, {0, 1, 2, 5, 6}),
                 2);
  plan::Operator groups = aggregate(std::move(joined), {col(0, kKey), col(3, kDate), col(4, kInt)},
                                    {aggregate_call("sum", {discounted(1, 2)}, d128(4))});
  groups =
      project(std::move(groups), {col(0, kKey), column(3, d128(4)), col(1, kDate), col(2, kInt)});
  return top_n(std::move(groups),
               {sort_key(column(1, d128(4)), true, true), sort_key(col(2, kDate))}, 10, 0, false);
}

plan::Operator q13(const std::string& dir) {
  plan::Operator orders =
      tpch_scan(dir, "orders", {{"o_orderkey", kKey}, {"o_custkey", kKey}, {"o_comment", kText}},
                {negation(compare("like", col(2, kText), literal(kText, "%special%requests%")))});
  plan::Operator customers = tpch_scan(dir, "customer", {{"c_custkey", kKey}}, {});
  plan::Operator joined = hash_join(plan::LEFT, std::move(customers), std::move(orders),
                                    {join_key(col(0, kKey), col(1, kKey))}, {}, {0, 1});
  plan::Operator counts = aggregate(std::move(joined), {col(0, kKey)},
                                    {aggregate_call("count", {column(1, kKey)}, kCount)});
  plan::Operator distribution =
      aggregate(std::move(counts), {column(1, kCount)}, {aggregate_call("count_star", {}, kCount)});
  return sort(std::move(distribution),
              {sort_key(column(1, kCount), true, true), sort_key(column(0, kCount), true, true)});
}

plan::Operator q16(const std::string& dir) {
  plan::Operator complaints =
      tpch_scan(dir, "supplier", {{"s_suppkey", kKey}, {"s_comment", kText}},
                {compare("like_parts", col(1, kText), literal(kText, "%Customer%Complaints%"))});
  const std::vector<Text> sizes = {"49", "14", "23", "45", "19", "3", "36", "9"};
  plan::Operator parts = tpch_scan(
      dir, "part", {{"p_partkey", kKey}, {"p_brand", kText}, {"p_type", kText}, {"p_size", kInt}},
      {compare("ne", col(1, kText), literal(kText, "Brand#45")),
       negation(compare("like_prefix", col(2, kText), literal(kText, "MEDIUM POLISHED"))),
       in_list(col(3, kInt), sizes)});
  plan::Operator supplies =
      filtered(tpch_scan(dir, "partsupp", {{"ps_partkey", kKey}, {"ps_suppkey", kKey}}, {}), 1, 0);
  plan::Operator of_parts =
      publishing(hash_join(plan::INNER, std::move(supplies), std::move(parts),
                           {join_key(col(0, kKey), col(0, kKey))}, {}, {1, 3, 4, 5}),
                 1);
  plan::Operator marked =
      hash_join(plan::MARK, std::move(of_parts), std::move(complaints),
                {join_key(col(0, kKey), col(0, kKey), false, true)}, {}, {0, 1, 2, 3, 4});
  plan::Operator kept = filter(std::move(marked), negation(column(4, type(plan::BOOL))));
  plan::Operator distinct =
      aggregate(std::move(kept), {col(1, kText), col(2, kText), col(3, kInt), col(0, kKey)}, {});
  plan::Operator counts =
      aggregate(std::move(distinct), {col(0, kText), col(1, kText), col(2, kInt)},
                {aggregate_call("count", {col(3, kKey)}, kCount)});
  return sort(std::move(counts), {sort_key(column(3, kCount), true, true), sort_key(col(0, kText)),
                                  sort_key(col(1, kText)), sort_key(col(2, kInt))});
}

plan::Operator q18(const std::string& dir) {
  const std::vector<NamedType> line_columns = {{"l_orderkey", kKey}, {"l_quantity", kMoney}};
  plan::Operator sums = aggregate(tpch_scan(dir, "lineitem", line_columns, {}), {col(0, kKey)},
                                  {aggregate_call("sum", {col(1, kMoney)}, d128(2))});
  plan::Operator large =
      filter(std::move(sums), compare("gt", column(1, d128(2)), literal(d128(2), "300.00")));
  plan::Operator orders = tpch_scan(
      dir, "orders",
      {{"o_orderkey", kKey}, {"o_custkey", kKey}, {"o_orderdate", kDate}, {"o_totalprice", kMoney}},
      {});
  plan::Operator chosen = hash_join(plan::SEMI, std::move(orders), std::move(large),
                                    {join_key(col(0, kKey), col(0, kKey))}, {}, {0, 1, 2, 3});
  plan::Operator customers =
      tpch_scan(dir, "customer", {{"c_custkey", kKey}, {"c_name", kText}}, {});
  plan::Operator named = hash_join(plan::INNER, std::move(chosen), std::move(customers),
                                   {join_key(col(1, kKey), col(0, kKey))}, {}, {5, 1, 0, 2, 3});
  plan::Operator lines = filtered(tpch_scan(dir, "lineitem", line_columns, {}), 1, 0);
  plan::Operator joined =
      publishing(hash_join(plan::INNER, std::move(lines), std::move(named),
                           {join_key(col(0, kKey), col(2, kKey))}, {}, {2, 3, 4, 5, 6, 1}),
                 1);
  plan::Operator groups = aggregate(
      std::move(joined), {col(0, kText), col(1, kKey), col(2, kKey), col(3, kDate), col(4, kMoney)},
      {aggregate_call("sum", {col(5, kMoney)}, d128(2))});
  return top_n(std::move(groups), {sort_key(col(4, kMoney), true, true), sort_key(col(3, kDate))},
               100, 0, false);
}

void number(plan::Operator* op, uint32_t* next) {
  op->set_id((*next)++);
  const auto* descriptor = op->GetDescriptor();
  const auto* reflection = op->GetReflection();
  for (int f = 0; f < descriptor->field_count(); f++) {
    const auto* form = descriptor->field(f);
    if (form->containing_oneof() == nullptr || !reflection->HasField(*op, form)) continue;
    google::protobuf::Message* body = reflection->MutableMessage(op, form);
    for (int i = 0; i < body->GetDescriptor()->field_count(); i++) {
      const auto* input = body->GetDescriptor()->field(i);
      if (input->message_type() != descriptor || input->is_repeated()) continue;
      number(static_cast<plan::Operator*>(body->GetReflection()->MutableMessage(body, input)),
             next);
    }
  }
}

}  // namespace

plan::Operator tpch_scan(const std::string& dir, const std::string& table,
                         const std::vector<NamedType>& columns,
                         std::vector<plan::Expression> conditions) {
  plan::Operator made;
  plan::TableScan* body = made.mutable_scan();
  body->set_format("parquet");
  body->set_relation(table);
  for (const auto& entry : std::filesystem::directory_iterator(dir + "/" + table)) {
    struct stat facts;
    MR_CHECK(stat(entry.path().c_str(), &facts) == 0);
    plan::DataFile* file = body->add_files();
    file->set_path(entry.path());
    file->set_size_bytes(static_cast<uint64_t>(facts.st_size));
    file->set_mtime_ns(facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec);
  }
  for (const NamedType& column : columns) {
    body->add_file_columns(column.name);
    *body->add_columns() = field(column.name, column.of, false);
  }
  for (plan::Expression& condition : conditions) *body->add_conditions() = std::move(condition);
  return made;
}

plan::Query query_of(plan::Operator root, uint32_t column_count) {
  uint32_t next = 1;
  number(&root, &next);
  QueryBuilder builder;
  builder.settings(1, 0).result(std::move(root), column_count);
  return builder.query;
}

plan::Query tpch_query(int query, const std::string& tables_dir) {
  plan::Operator root;
  uint32_t columns = 0;
  switch (query) {
    case 1:
      root = q1(tables_dir);
      columns = 10;
      break;
    case 3:
      root = q3(tables_dir);
      columns = 4;
      break;
    case 13:
      root = q13(tables_dir);
      columns = 2;
      break;
    case 16:
      root = q16(tables_dir);
      columns = 4;
      break;
    case 18:
      root = q18(tables_dir);
      columns = 6;
      break;
    default:
      MR_CHECK(false);
  }
  return query_of(std::move(root), columns);
}

}  // namespace millrace::tests
