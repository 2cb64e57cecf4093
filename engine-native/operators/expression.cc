// Expressions to instructions. CASE, COALESCE and AND/OR evaluate their parts under smaller lane
// sets, so that an error counts only for rows that get there.
#include <algorithm>

#include "operators/node.h"
#include "types/names.h"

namespace millrace::operators {

namespace {

using plan::Expression;
using types::Type;

constexpr types::TypeParameters kBool{Type::Bool, 0, 0};

Status malformed(const std::string& what) {
  return Status::error(ErrorCode::Internal, "malformed expression: " + what);
}

bool can_fail(const Expression& expression, const Lowering& lowering);

bool any_can_fail(const google::protobuf::RepeatedPtrField<Expression>& args,
                  const Lowering& lowering) {
  return std::any_of(args.begin(), args.end(),
                     [&](const Expression& arg) { return can_fail(arg, lowering); });
}

const ops::OpDescriptor* op_of(const Expression& expression) {
  std::vector<Type> arguments;
  for (const Expression& arg : expression.call().args()) {
    arguments.push_back(type_of(arg.type()).type);
  }
  return ops::find_op(expression.call().op(), arguments, type_of(expression.type()).type);
}

/// Whether evaluating it for a row that does not get there could raise an error, or costs enough
/// to be worth a smaller lane set.
bool can_fail(const Expression& expression, const Lowering& lowering) {
  switch (expression.form_case()) {
    case Expression::kColumn:
    case Expression::kLiteral:
      return false;
    case Expression::kCall: {
      const ops::OpDescriptor* op = op_of(expression);
      return op == nullptr || op->form.takes_context ||
             any_can_fail(expression.call().args(), lowering);
    }
    case Expression::kAnd:
      return any_can_fail(expression.and_().args(), lowering);
    case Expression::kOr:
      return any_can_fail(expression.or_().args(), lowering);
    case Expression::kNot:
      return can_fail(expression.not_(), lowering);
    case Expression::kIsNull:
      return can_fail(expression.is_null().operand(), lowering);
    case Expression::kInList:
      return can_fail(expression.in_list().operand(), lowering);
    case Expression::kCase:
    case Expression::kCoalesce:
    case Expression::FORM_NOT_SET:
      return true;
  }
  return true;
}

bool is_decimal(Type type) { return type == Type::D64 || type == Type::D128; }

/// Decimal +, - and * whose arguments' precisions prove that the answer fits need no check: columns
/// are checked to keep their precision where they are decoded, literals and casts are as declared.
const ops::OpDescriptor* unchecked(const Expression& expression, const ops::OpDescriptor* op) {
  if (op == nullptr || op->arguments.size() != 2 || !op->form.takes_context) return op;
  const types::TypeParameters a = type_of(expression.call().args(0).type());
  const types::TypeParameters b = type_of(expression.call().args(1).type());
  if (!is_decimal(a.type) || !is_decimal(b.type) || !is_decimal(op->result)) return op;
  const bool multiplies = op->name == "mul";
  if (!multiplies && op->name != "add" && op->name != "sub") return op;
  const int digits =
      multiplies ? a.precision + b.precision : std::max(a.precision, b.precision) + 1;
  if (digits > (op->result == Type::D64 ? 18 : 38)) return op;
  const ops::OpDescriptor* within =
      ops::find_op(std::string(op->name) + "_within", op->arguments, op->result);
  return within == nullptr ? op : within;
}

Result<ir::ValueId> lower_call(const Expression& expression, Lowering& lowering) {
  const ops::OpDescriptor* op = unchecked(expression, op_of(expression));
  if (op == nullptr) {
    std::string signature = expression.call().op() + "(";
    for (int i = 0; i < expression.call().args_size(); i++) {
      if (i > 0) signature += ", ";
      signature += types::name_of(type_of(expression.call().args(i).type()).type);
    }
    signature += ") -> ";
    signature += types::name_of(type_of(expression.type()).type);
    return Status::error(ErrorCode::Internal, "the engine has no operation " + signature);
  }
  std::vector<ir::ValueId> args;
  bool nullable = op->form.answers_nullable;
  for (const Expression& arg : expression.call().args()) {
    MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(arg, lowering));
    args.push_back(value);
    nullable |= !op->form.takes_nulls && lowering.ir().value(value).nullable;
  }
  return lowering.ir().call(op, std::move(args), type_of(expression.type()), nullable);
}

Result<ir::ValueId> lower_not(const Expression& expression, Lowering& lowering) {
  const Type boolean = Type::Bool;
  const ops::OpDescriptor* op = ops::find_op("not", {&boolean, 1}, Type::Bool);
  if (op == nullptr) return malformed("no operation not(bool)");
  MR_ASSIGN_OR_RETURN(const ir::ValueId operand, lower_expression(expression.not_(), lowering));
  return lowering.ir().call(op, {operand}, kBool, lowering.ir().value(operand).nullable);
}

Result<ir::ValueId> lower_connective(const plan::Arguments& arguments, ir::Code code,
                                     Lowering& lowering) {
  ir::Builder& ir = lowering.ir();
  const ir::LaneSetId outer = ir.lanes();
  MR_ASSIGN_OR_RETURN(ir::ValueId left, lower_expression(arguments.args(0), lowering));
  for (int i = 1; i < arguments.args_size(); i++) {
    const Expression& arg = arguments.args(i);
    if (can_fail(arg, lowering)) ir.set_lanes(ir.narrow_undecided(code, left));
    const ir::LaneSetId right_lanes = ir.lanes();
    MR_ASSIGN_OR_RETURN(const ir::ValueId right, lower_expression(arg, lowering));
    ir.set_lanes(outer);
    left = ir.connective(code, left, right, right_lanes);
  }
  return left;
}

Status check_branch(ir::ValueId value, const Expression& whole, Lowering& lowering) {
  if (same_type(lowering.ir().value(value).type, type_of(whole.type()))) return {};
  return malformed("a branch of another type");
}

/// Numerics of both decimal widths never meet in a merge: the planner brings them to one form.
Result<ir::ValueId> lower_case(const Expression& expression, Lowering& lowering) {
  ir::Builder& ir = lowering.ir();
  const ir::LaneSetId outer = ir.lanes();
  std::vector<ir::ValueId> values;
  std::vector<ir::LaneSetId> lanes;
  bool nullable = false;
  for (const plan::Case::Branch& branch : expression.case_().branches()) {
    MR_ASSIGN_OR_RETURN(const ir::ValueId when, lower_expression(branch.when(), lowering));
    const ir::LaneSetId rest = ir.narrow(when, true);
    const ir::LaneSetId taken = ir.narrow(when, false);
    ir.set_lanes(taken);
    MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(branch.then(), lowering));
    MR_RETURN_IF_ERROR(check_branch(value, expression, lowering));
    values.push_back(value);
    lanes.push_back(taken);
    nullable |= ir.value(value).nullable;
    ir.set_lanes(rest);
  }
  lanes.push_back(ir.lanes());
  MR_ASSIGN_OR_RETURN(const ir::ValueId otherwise,
                      lower_expression(expression.case_().otherwise(), lowering));
  MR_RETURN_IF_ERROR(check_branch(otherwise, expression, lowering));
  values.push_back(otherwise);
  nullable |= ir.value(otherwise).nullable;
  ir.set_lanes(outer);
  return ir.merge(std::move(values), std::move(lanes), type_of(expression.type()), nullable);
}

Result<ir::ValueId> lower_coalesce(const Expression& expression, Lowering& lowering) {
  ir::Builder& ir = lowering.ir();
  const ir::LaneSetId outer = ir.lanes();
  std::vector<ir::ValueId> values;
  std::vector<ir::LaneSetId> lanes;
  const int count = expression.coalesce().args_size();
  bool nullable = true;
  for (int i = 0; i < count; i++) {
    MR_ASSIGN_OR_RETURN(const ir::ValueId value,
                        lower_expression(expression.coalesce().args(i), lowering));
    MR_RETURN_IF_ERROR(check_branch(value, expression, lowering));
    values.push_back(value);
    nullable &= ir.value(value).nullable;
    if (i + 1 == count) {
      lanes.push_back(ir.lanes());
      break;
    }
    const ir::ValueId missing = ir.is_null(value, false);
    lanes.push_back(ir.narrow(missing, true));
    ir.set_lanes(ir.narrow(missing, false));
  }
  ir.set_lanes(outer);
  return ir.merge(std::move(values), std::move(lanes), type_of(expression.type()), nullable);
}

/// The items as a table of distinct values.
Result<uint32_t> make_set(const plan::InList& list, types::TypeParameters type,
                          Lowering& lowering) {
  auto set = std::make_unique<runtime::ValueSet>();
  runtime::JoinTable::Spec spec{{{type, false}}, 1, {false}, {false}, false, false};
  set->table = std::make_unique<runtime::JoinTable>(spec, lowering.environment->budget(), 1);
  for (const plan::Literal& item : list.items()) {
    MR_ASSIGN_OR_RETURN(const runtime::Constant value,
                        lowering.environment->read_literal(item, type));
    if (value.is_null) {
      set->has_null = true;
      continue;
    }
    const runtime::VectorView view = value.view();
    MR_RETURN_IF_ERROR(set->table->append(0, {&view, 1}, {nullptr, 1}));
  }
  MR_RETURN_IF_ERROR(set->table->seal());
  for (uint32_t range = 0; range < set->table->range_count(); range++) set->table->insert(range);
  lowering.bindings.sets.push_back(std::move(set));
  return static_cast<uint32_t>(lowering.bindings.sets.size() - 1);
}

Result<ir::ValueId> lower_in_list(const Expression& expression, Lowering& lowering) {
  const plan::InList& list = expression.in_list();
  MR_ASSIGN_OR_RETURN(const ir::ValueId operand, lower_expression(list.operand(), lowering));
  MR_ASSIGN_OR_RETURN(const uint32_t set,
                      make_set(list, lowering.ir().value(operand).type, lowering));
  const bool nullable =
      lowering.ir().value(operand).nullable || lowering.bindings.sets[set]->has_null;
  const ir::ValueId found = lowering.ir().in_set(operand, set, nullable);
  if (!list.negated()) return found;
  const Type boolean = Type::Bool;
  const ops::OpDescriptor* op = ops::find_op("not", {&boolean, 1}, Type::Bool);
  if (op == nullptr) return malformed("no operation not(bool)");
  return lowering.ir().call(op, {found}, kBool, nullable);
}

}  // namespace

namespace {

Result<ir::ValueId> lower_form(const Expression& expression, Lowering& lowering) {
  switch (expression.form_case()) {
    case Expression::kColumn:
      if (expression.column() >= lowering.columns.size()) return malformed("no such column");
      return lowering.columns[expression.column()];
    case Expression::kLiteral: {
      MR_ASSIGN_OR_RETURN(
          runtime::Constant value,
          lowering.environment->read_literal(expression.literal(), type_of(expression.type())));
      return lowering.constant(std::move(value));
    }
    case Expression::kCall:
      return lower_call(expression, lowering);
    case Expression::kAnd:
      return lower_connective(expression.and_(), ir::Code::And, lowering);
    case Expression::kOr:
      return lower_connective(expression.or_(), ir::Code::Or, lowering);
    case Expression::kNot:
      return lower_not(expression, lowering);
    case Expression::kIsNull: {
      MR_ASSIGN_OR_RETURN(const ir::ValueId operand,
                          lower_expression(expression.is_null().operand(), lowering));
      return lowering.ir().is_null(operand, expression.is_null().negated());
    }
    case Expression::kCase:
      return lower_case(expression, lowering);
    case Expression::kCoalesce:
      return lower_coalesce(expression, lowering);
    case Expression::kInList:
      return lower_in_list(expression, lowering);
    case Expression::FORM_NOT_SET:
      break;
  }
  return malformed("no form");
}

}  // namespace

Result<ir::ValueId> lower_expression(const Expression& expression, Lowering& lowering) {
  lowering.ir().set_position(expression.position());
  MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_form(expression, lowering));
  if (value == ir::kNone || lowering.ir().value(value).is_row) return malformed("no such column");
  const types::TypeParameters is = lowering.ir().value(value).type;
  const types::TypeParameters wanted = type_of(expression.type());
  // Sizes and layouts follow from declared types: a wrong one would read past a value's end.
  if (!same_type(is, wanted)) {
    return malformed(std::string(types::name_of(is.type)) + " declared as " +
                     std::string(types::name_of(wanted.type)));
  }
  return value;
}

namespace {

void conjuncts_of(const Expression& condition, std::vector<const Expression*>& out) {
  if (condition.form_case() == Expression::kAnd) {
    for (const Expression& arg : condition.and_().args()) conjuncts_of(arg, out);
  } else {
    out.push_back(&condition);
  }
}

/// Comparisons of fixed-size values: computing them for all lanes costs less than selecting first.
bool is_cheap(const Expression& expression, const Lowering& lowering) {
  if (expression.form_case() != Expression::kCall || can_fail(expression, lowering)) return false;
  for (const Expression& arg : expression.call().args()) {
    const Type type = type_of(arg.type()).type;
    const bool leaf =
        arg.form_case() == Expression::kColumn || arg.form_case() == Expression::kLiteral;
    if (!leaf || types::size_of(type) > 8) return false;
  }
  return true;
}

}  // namespace

Status lower_condition(const Expression& condition, Lowering& lowering) {
  std::vector<const Expression*> parts;
  conjuncts_of(condition, parts);
  ir::Builder& ir = lowering.ir();
  ir::ValueId mask = ir::kNone;
  for (const Expression* part : parts) {
    const bool cheap = is_cheap(*part, lowering);
    if (!cheap && mask != ir::kNone) {
      ir.filter(mask);
      mask = ir::kNone;
    }
    MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(*part, lowering));
    if (!cheap) {
      ir.filter(value);
    } else if (mask == ir::kNone) {
      mask = value;
    } else {
      mask = ir.connective(ir::Code::And, mask, value, ir.lanes());
    }
  }
  if (mask != ir::kNone) ir.filter(mask);
  return {};
}

void note_columns(const plan::Expression& expression, std::vector<bool>& used) {
  using plan::Expression;
  const auto note_all = [&used](const auto& args) {
    for (const Expression& arg : args) note_columns(arg, used);
  };
  switch (expression.form_case()) {
    case Expression::kColumn:
      if (expression.column() < used.size()) used[expression.column()] = true;
      return;
    case Expression::kCall:
      return note_all(expression.call().args());
    case Expression::kAnd:
      return note_all(expression.and_().args());
    case Expression::kOr:
      return note_all(expression.or_().args());
    case Expression::kNot:
      return note_columns(expression.not_(), used);
    case Expression::kIsNull:
      return note_columns(expression.is_null().operand(), used);
    case Expression::kCase:
      for (const plan::Case::Branch& branch : expression.case_().branches()) {
        note_columns(branch.when(), used);
        note_columns(branch.then(), used);
      }
      return note_columns(expression.case_().otherwise(), used);
    case Expression::kCoalesce:
      return note_all(expression.coalesce().args());
    case Expression::kInList:
      return note_columns(expression.in_list().operand(), used);
    case Expression::kLiteral:
    case Expression::FORM_NOT_SET:
      return;
  }
}

}  // namespace millrace::operators
