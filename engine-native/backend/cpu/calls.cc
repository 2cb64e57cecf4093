// Calls of operations: dense over all lanes where that is safe and pays, once a dictionary entry
// where an argument is coded, else lane by lane.
#include <cstring>

#include "backend/cpu/aggregate_loops.h"
#include "backend/cpu/interpreter_state.h"
#include "ops/error_hints.h"

namespace millrace::backend::cpu {

using ir::Instruction;
using types::StringView;

namespace {

/// Dense evaluation of dead lanes costs less than a selection while at least this share lives.
constexpr uint32_t kDenseShare = 4;
/// A dictionary is evaluated as a whole where it is at most this many times the lanes at hand.
constexpr uint32_t kLargestCodedRatio = 8;

/// Values whose stray bits an operation must not see (pointers, scales).
bool is_fragile(Type type) {
  return type == Type::Text || type == Type::Bytea || type == Type::Numeric;
}

bool takes_fragile(const ops::OpDescriptor& op) {
  for (Type type : op.arguments) {
    if (is_fragile(type)) return true;
  }
  return false;
}

std::string text_of(const StringView& view) { return std::string(view.bytes(), view.size); }

}  // namespace

Status Interpreter::error_of(ErrorCode code) const {
  Status status =
      Status::error(code, text_of(context_.error_first), text_of(context_.error_second));
  status.with_hint(std::string(ops::hint_of(code)));
  return status;
}

const uint8_t* Interpreter::present_lanes(std::span<const Argument> arguments, LanesView lanes,
                                          uint8_t* into) {
  const uint8_t* only = nullptr;
  uint32_t nullable = 0;
  for (const Argument& argument : arguments) {
    if (argument.validity == nullptr) continue;
    nullable++;
    only = argument.stride == 1 ? argument.validity : nullptr;
  }
  if (nullable == 0) return nullptr;
  if (nullable == 1 && only != nullptr) return only;
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    uint8_t all = 1;
    for (const Argument& argument : arguments) {
      if (argument.validity != nullptr) all &= argument.validity[lane * argument.stride];
    }
    into[lane] = all;
  }
  return into;
}

ErrorCode Interpreter::run_loop(const Instruction& instruction, std::span<const Argument> arguments,
                                LanesView lanes, uint32_t dense_count, Register& result,
                                const uint8_t* present) {
  const ops::OpDescriptor& op = *instruction.op;
  const Loops& loops = loops_of(op);
  Frame frame{&context_,
              arguments.data(),
              lanes.lanes,
              lanes.count,
              result.own_values(types::size_of(op.result)),
              present,
              nullptr,
              0};
  const bool pays = lanes.lanes == nullptr || lanes.count * kDenseShare >= dense_count;
  const bool safe = !takes_fragile(op) || (lanes.lanes == nullptr && present == nullptr);
  Loop dense = nullptr;
  if (pays && safe && arguments.size() == 1 && arguments[0].stride == 1) dense = loops.dense;
  if (pays && safe && arguments.size() == 2) {
    if (arguments[0].stride == 1 && arguments[1].stride == 1) dense = loops.dense;
    if (arguments[0].stride == 0 && arguments[1].stride == 1) dense = loops.dense_first_constant;
    if (arguments[0].stride == 1 && arguments[1].stride == 0) dense = loops.dense_second_constant;
  }
  if (dense != nullptr) {
    frame.lanes = nullptr;
    frame.count = dense_count;
    return dense(frame);
  }
  if (op.form.answers_nullable) frame.out_validity = result.own_validity();
  return loops.selected(frame);
}

Status Interpreter::call(const Instruction& instruction) {
  const ops::OpDescriptor& op = *instruction.op;
  const ir::Value& value = pipeline_->values[instruction.result];
  if (value.space == ir::kNone) return call_constant(instruction);
  if (call_coded(instruction)) return {};
  Argument arguments[16];
  const size_t count = instruction.args.size();
  MR_CHECK(count <= 16);
  for (size_t i = 0; i < count; i++) {
    const VectorView view = flat(instruction.args[i]);
    arguments[i] = {view.values, view.validity, view.stride};
  }
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  result.dictionary = nullptr;
  const std::span<const Argument> used(arguments, count);
  uint8_t combined[kVectorSize];
  const uint8_t* present = nullptr;
  if (!op.form.takes_nulls) present = present_lanes(used, lanes, combined);
  const ErrorCode code =
      run_loop(instruction, used, lanes, rows_of(instruction.lanes), result, present);
  if (code != ErrorCode::Ok) return error_of(code);
  result.view = {value.type, result.values.as<char>(), nullptr, 1};
  if (op.form.answers_nullable) {
    result.view.validity = result.validity.as<uint8_t>();
  } else if (present == combined) {
    uint8_t* validity = result.own_validity();
    for (uint32_t i = 0; i < lanes.count; i++) validity[lanes[i]] = combined[lanes[i]];
    result.view.validity = validity;
  } else {
    result.view.validity = present;
  }
  return {};
}

/// A call whose arguments are all constants: once a batch, for one lane.
Status Interpreter::call_constant(const Instruction& instruction) {
  const ops::OpDescriptor& op = *instruction.op;
  Argument arguments[16];
  const size_t count = instruction.args.size();
  MR_CHECK(count <= 16);
  bool any_null = false;
  for (size_t i = 0; i < count; i++) {
    const VectorView& view = registers_[instruction.args[i]].view;
    arguments[i] = {view.values, view.validity, 0};
    any_null |= view.is_null(0);
  }
  Register& result = registers_[instruction.result];
  uint8_t* validity = result.own_validity();
  validity[0] = 1;
  Frame frame{&context_, arguments, nullptr, 1, result.own_values(types::size_of(op.result)),
              nullptr,   validity,  0};
  if (any_null && !op.form.takes_nulls) {
    validity[0] = 0;
  } else if (const ErrorCode code = loops_of(op).selected(frame); code != ErrorCode::Ok) {
    return error_of(code);
  }
  result.view = {pipeline_->values[instruction.result].type, result.values.as<char>(),
                 validity[0] == 1 ? nullptr : validity, 0};
  return {};
}

/// One coded argument, all others constants: the operation runs once a dictionary entry and rows
/// look their answer up. False where that is not possible or does not pay.
bool Interpreter::call_coded(const Instruction& instruction) {
  const ops::OpDescriptor& op = *instruction.op;
  if (op.form.takes_nulls || op.form.answers_nullable) return false;
  size_t coded = instruction.args.size();
  for (size_t i = 0; i < instruction.args.size(); i++) {
    const Register& arg = registers_[instruction.args[i]];
    if (arg.is_coded() && coded == instruction.args.size()) {
      coded = i;
    } else if (arg.is_coded() || arg.view.stride != 0 || arg.view.is_null(0)) {
      return false;
    }
  }
  if (coded == instruction.args.size()) return false;
  const Register& codes = registers_[instruction.args[coded]];
  const LanesView lanes = lanes_[instruction.lanes].view();
  const uint32_t entries = codes.dictionary->entry_count;
  std::unique_ptr<CodeCache>& cache =
      code_caches_[static_cast<size_t>(&instruction - pipeline_->body.data())];
  if (cache == nullptr) cache = std::make_unique<CodeCache>();
  const uint32_t size = types::size_of(op.result);
  if (cache->dictionary_id != codes.dictionary->id) {
    // Answers that are strings would die with the batch's arena.
    if (entries == 0 || is_fragile(op.result)) return false;
    if (entries > kLargestCodedRatio * std::max(lanes.count, 256u)) return false;
    cache->dictionary_id = codes.dictionary->id;
    cache->values = column::Buffer(size_t{entries} * size);
    cache->failed = false;
    Argument arguments[16];
    for (size_t i = 0; i < instruction.args.size(); i++) {
      const VectorView& view = registers_[instruction.args[i]].view;
      arguments[i] = i == coded ? Argument{codes.dictionary->values.as<char>(), nullptr, 1}
                                : Argument{view.values, nullptr, 0};
    }
    Frame frame{&context_, arguments, nullptr, entries, cache->values.as<char>(),
                nullptr,   nullptr,   0};
    cache->failed = loops_of(op).selected(frame) != ErrorCode::Ok;
  }
  if (cache->failed) return false;
  Register& result = registers_[instruction.result];
  void* out = result.own_values(size);
  with_codes(codes, [&](const auto* values) {
    copy_elements(size, cache->values.as<char>(), out, lanes,
                  [values](uint32_t lane) { return values[lane]; });
  });
  result.dictionary = nullptr;
  result.view = {pipeline_->values[instruction.result].type, out, codes.view.validity, 1};
  return true;
}

}  // namespace millrace::backend::cpu
