// Set-returning functions, in FROM over rows beside them or in a select list: an input row becomes as
// many rows as its sets have. Nothing is put away: the rows are made while those above take them.
#include "operators/node.h"

namespace millrace::operators {

namespace {

class ProjectSet : public StreamingNode {
 public:
  ProjectSet(const plan::Operator& op, std::unique_ptr<Node> input)
      : StreamingNode(op), set_op_(op.project_set()) {
    for (uint32_t column : set_op_.columns()) schema_.push_back(input->schema()[column]);
    const bool pads = set_op_.sets_size() > 1 || set_op_.keeps_empty();
    for (const plan::SetCall& set : set_op_.sets()) {
      schema_.push_back({type_of(set.output().type()), set.output().nullable() || pads});
    }
    if (set_op_.ordinality()) {
      schema_.push_back({{types::Type::I64, 0, 0}, set_op_.keeps_empty()});
    }
    inputs_.push_back(std::move(input));
  }

 protected:
  Status transform(Lowering& lowering) override {
    std::vector<const ops::SetFunction*> sets;
    std::vector<ir::ValueId> args;
    std::vector<types::TypeParameters> types;
    for (const plan::SetCall& set : set_op_.sets()) {
      MR_RETURN_IF_ERROR(lower_set(set, lowering, sets, args));
      types.push_back(type_of(set.output().type()));
    }
    ir::Builder& ir = lowering.ir();
    const std::vector<ir::ValueId> made = ir.expand_sets(
        std::move(sets), std::move(args), types, set_op_.ordinality(), set_op_.keeps_empty());
    std::vector<ir::ValueId> columns;
    for (uint32_t column : set_op_.columns()) {
      columns.push_back(ir.gather(lowering.columns[column]));
    }
    columns.insert(columns.end(), made.begin(), made.end());
    lowering.columns = std::move(columns);
    return {};
  }

 private:
  static Status lower_set(const plan::SetCall& set, Lowering& lowering,
                          std::vector<const ops::SetFunction*>& sets,
                          std::vector<ir::ValueId>& args) {
    std::vector<types::Type> arguments;
    for (const plan::Expression& arg : set.args()) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(arg, lowering));
      args.push_back(value);
      arguments.push_back(type_of(arg.type()).type);
    }
    const types::TypeParameters result = type_of(set.output().type());
    const bool is_value = set.function().empty() && set.args_size() == 1 &&
                          same_type(type_of(set.args(0).type()), result);
    const ops::SetFunction* function = is_value
                                           ? ops::single_value_set(result.type)
                                           : ops::find_set(set.function(), arguments, result.type);
    if (function == nullptr) {
      return Status::error(ErrorCode::Internal, "the engine has no set-returning function " +
                                                    set.function() + " of these types");
    }
    sets.push_back(function);
    return {};
  }

  const plan::ProjectSet& set_op_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_project_set(const plan::Operator& op, Environment* environment) {
  const plan::ProjectSet& body = op.project_set();
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input, make_node(body.input(), environment));
  for (uint32_t column : body.columns()) {
    if (column >= input->schema().size()) {
      return Status::error(ErrorCode::Internal, "a set beside a column that is not there");
    }
  }
  return std::unique_ptr<Node>(std::make_unique<ProjectSet>(op, std::move(input)));
}

}  // namespace millrace::operators
