// Instructions that move and combine values and lane sets.
#include <cstring>

#include "backend/cpu/interpreter_state.h"

namespace millrace::backend::cpu {

using ir::Code;
using ir::Instruction;

namespace {

const uint8_t* bool_values(const VectorView& view) {
  return static_cast<const uint8_t*>(view.values);
}

/// Three-valued truth of a lane: 0 false, 1 true, 2 NULL.
uint32_t truth(const VectorView& view, uint32_t lane) {
  if (view.is_null(lane)) return 2;
  return bool_values(view)[lane * view.stride] != 0 ? 1 : 0;
}

template <class Keep>
uint32_t select(LanesView from, uint16_t* out, Keep keep) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < from.count; i++) {
    const uint32_t lane = from[i];
    out[count] = static_cast<uint16_t>(lane);
    count += keep(lane) ? 1 : 0;
  }
  return count;
}

}  // namespace

Status Interpreter::load(const Instruction& instruction) {
  MR_ASSIGN_OR_RETURN(const ColumnView column, batch_->column(instruction.index));
  Register& into = registers_[instruction.result];
  into.encoding = column.encoding;
  into.dictionary = column.encoding == Encoding::Flat ? nullptr : column.dictionary;
  into.codes = column.values;
  into.view = {column.type, column.encoding == Encoding::Flat ? column.values : nullptr,
               column.validity, 1};
  return {};
}

void Interpreter::flatten(Register& value, uint32_t row_count) {
  if (value.view.values != nullptr) return;
  const uint32_t size = types::size_of(value.view.type.type);
  void* out = value.own_values(size);
  if (value.dictionary->entry_count > 0) {
    with_codes(value, [&](const auto* codes) {
      copy_elements(size, value.dictionary->values.as<char>(), out, {nullptr, row_count},
                    [codes](uint32_t lane) { return codes[lane]; });
    });
  } else {
    std::memset(out, 0, size_t{row_count} * size);
  }
  value.view.values = out;
}

VectorView Interpreter::flat(ir::ValueId id) {
  Register& value = registers_[id];
  if (value.is_coded()) flatten(value, spaces_[pipeline_->values[id].space].row_count);
  return value.view;
}

void Interpreter::collect(std::span<const ir::ValueId> ids, std::vector<VectorView>& out) {
  out.clear();
  for (ir::ValueId id : ids) out.push_back(flat(id));
}

void Interpreter::connective(const Instruction& instruction) {
  const bool is_and = instruction.code == Code::And;
  const VectorView left = flat(instruction.args[0]);
  const VectorView right = flat(instruction.args[1]);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  uint8_t* out = static_cast<uint8_t*>(result.own_values(1));
  result.view = {{types::Type::Bool, 0, 0}, out, nullptr, 1};
  const bool plain = left.validity == nullptr && right.validity == nullptr && left.stride == 1 &&
                     right.stride == 1 && instruction.index == instruction.lanes;
  if (plain && lanes.lanes == nullptr) {
    const uint8_t* l = bool_values(left);
    const uint8_t* r = bool_values(right);
    for (uint32_t i = 0; i < lanes.count; i++) {
      out[i] = is_and ? l[i] & r[i] : l[i] | r[i];
    }
    return;
  }
  uint8_t* validity = result.own_validity();
  result.view.validity = validity;
  // The right side is computed only where the left one does not decide.
  const uint32_t deciding = is_and ? 0 : 1;
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    const uint32_t l = truth(left, lane);
    uint32_t answer = l;
    if (l != deciding) {
      const uint32_t r = truth(right, lane);
      answer = r == deciding ? deciding : (l == 2 || r == 2) ? 2 : r;
    }
    out[lane] = answer == 1 ? 1 : 0;
    validity[lane] = answer == 2 ? 0 : 1;
  }
}

void Interpreter::is_null(const Instruction& instruction) {
  const Register& arg = registers_[instruction.args[0]];
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  uint8_t* out = static_cast<uint8_t*>(result.own_values(1));
  const bool is_row = pipeline_->values[instruction.args[0]].is_row;
  const bool constant = pipeline_->values[instruction.result].space == ir::kNone;
  result.view = {{types::Type::Bool, 0, 0}, out, nullptr, constant ? 0u : 1u};
  const uint8_t on_null = instruction.flag ? 0 : 1;
  const uint8_t on_value = instruction.flag ? 1 : 0;
  if (constant) {
    out[0] = arg.view.is_null(0) ? on_null : on_value;
    return;
  }
  if (is_row) {
    const auto* rows = static_cast<const char* const*>(arg.view.values);
    for (uint32_t i = 0; i < lanes.count; i++) {
      const uint32_t lane = lanes[i];
      out[lane] = rows[lane] == nullptr ? on_null : on_value;
    }
    return;
  }
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    out[lane] = arg.view.is_null(lane) ? on_null : on_value;
  }
}

void Interpreter::in_set(const Instruction& instruction) {
  const runtime::ValueSet& set = *bindings_->sets[instruction.index];
  const VectorView arg = flat(instruction.args[0]);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  uint8_t* out = static_cast<uint8_t*>(result.own_values(1));
  uint8_t* validity = result.own_validity();
  result.view = {{types::Type::Bool, 0, 0}, out, validity, 1};
  uint16_t present[kVectorSize];
  uint32_t count = 0;
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    out[lane] = 0;
    const bool null = arg.is_null(lane);
    validity[lane] = null || set.has_null ? 0 : 1;
    present[count] = static_cast<uint16_t>(lane);
    count += null ? 0 : 1;
  }
  const char* heads[kVectorSize];
  uint16_t positions[kVectorSize];
  set.table->find_heads({&arg, 1}, {present, count}, heads);
  uint32_t open = 0;
  for (uint32_t i = 0; i < count; i++) {
    positions[open] = static_cast<uint16_t>(i);
    open += heads[i] != nullptr ? 1 : 0;
  }
  // Items are distinct values, so a chain holds different values of one hash slot.
  while (open > 0) {
    uint16_t tried[kVectorSize];
    std::memcpy(tried, positions, open * sizeof(uint16_t));
    const uint32_t matched = set.table->verify({&arg, 1}, present, heads, tried, open);
    for (uint32_t m = 0; m < matched; m++) {
      const uint32_t lane = present[tried[m]];
      out[lane] = 1;
      validity[lane] = 1;
      heads[tried[m]] = nullptr;
    }
    uint32_t still = 0;
    for (uint32_t o = 0; o < open; o++) {
      const uint16_t position = positions[o];
      if (heads[position] == nullptr) continue;
      heads[position] = runtime::JoinTable::next(heads[position]);
      positions[still] = position;
      still += heads[position] != nullptr ? 1 : 0;
    }
    open = still;
  }
}

void Interpreter::narrow(const Instruction& instruction) {
  const VectorView condition = flat(instruction.args[0]);
  const LanesView from = lanes_[instruction.lanes].view();
  Lanes& into = lanes_[instruction.new_lanes];
  uint16_t* out = into.own();
  into.lanes = out;
  if (instruction.code == Code::NarrowUndecided) {
    const uint32_t deciding = instruction.flag ? 1 : 0;
    into.count =
        select(from, out, [&](uint32_t lane) { return truth(condition, lane) != deciding; });
  } else if (instruction.flag) {
    into.count = select(from, out, [&](uint32_t lane) { return truth(condition, lane) != 1; });
  } else if (condition.stride == 1 && condition.validity == nullptr) {
    const uint8_t* values = bool_values(condition);
    into.count = select(from, out, [values](uint32_t lane) { return values[lane] != 0; });
  } else {
    into.count = select(from, out, [&](uint32_t lane) { return truth(condition, lane) == 1; });
  }
  // All rows still live: later loops may run without a selection.
  if (into.count == from.count) into.lanes = from.lanes;
}

void Interpreter::merge(const Instruction& instruction) {
  Register& result = registers_[instruction.result];
  const ir::Value& value = pipeline_->values[instruction.result];
  const uint32_t size = types::size_of(value.type.type);
  void* out = result.own_values(size);
  uint8_t* validity = value.nullable ? result.own_validity() : nullptr;
  for (size_t a = 0; a < instruction.args.size(); a++) {
    const VectorView arg = flat(instruction.args[a]);
    const LanesView lanes = lanes_[instruction.merge_lanes[a]].view();
    copy_elements(size, arg.values, out, lanes,
                  [&arg](uint32_t lane) { return lane * arg.stride; });
    if (validity == nullptr) continue;
    for (uint32_t i = 0; i < lanes.count; i++) {
      validity[lanes[i]] = arg.is_null(lanes[i]) ? 0 : 1;
    }
  }
  result.view = {value.type, out, validity, 1};
}

void Interpreter::gather(const Instruction& instruction) {
  Register& from = registers_[instruction.args[0]];
  Register& into = registers_[instruction.result];
  const ir::SpaceId space_id = pipeline_->values[instruction.result].space;
  Space& space = spaces_[space_id];
  const uint16_t* parents = space.parents();
  const LanesView all{nullptr, space.row_count};
  const uint8_t* validity = from.view.validity;
  if (from.is_coded() && from.view.values == nullptr) {
    const uint32_t size = column::code_size(from.encoding);
    if (into.gathered_codes.size_bytes() == 0) {
      into.gathered_codes = column::Buffer(kVectorSize * sizeof(uint32_t));
    }
    void* codes = into.gathered_codes.as<char>();
    copy_elements(size, from.codes, codes, all, [parents](uint32_t i) { return parents[i]; });
    into.encoding = from.encoding;
    into.dictionary = from.dictionary;
    into.codes = codes;
    into.view = {from.view.type, nullptr, nullptr, 1};
  } else {
    const uint32_t size = types::size_of(from.view.type.type);
    const uint32_t stride = from.view.stride;
    void* out = into.own_values(size);
    copy_elements(size, from.view.values, out, all,
                  [parents, stride](uint32_t i) { return parents[i] * stride; });
    into.dictionary = nullptr;
    into.view = {from.view.type, out, nullptr, 1};
  }
  if (validity == nullptr) return;
  uint8_t* own = into.own_validity();
  for (uint32_t i = 0; i < space.row_count; i++) {
    own[i] = validity[parents[i] * from.view.stride];
  }
  into.view.validity = own;
}

void Interpreter::runtime_filter(const Instruction& instruction) {
  // Sampled: a filter that lets nearly everything through costs more than it saves.
  constexpr uint64_t kSample = 32 * kVectorSize;
  const runtime::JoinTable* table = bindings_->runtime_filters[instruction.index];
  FilterUse& use = filter_uses_[instruction.index];
  const VectorView arg = flat(instruction.args[0]);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  uint8_t* mask = static_cast<uint8_t*>(result.own_values(1));
  result.view = {{types::Type::Bool, 0, 0}, mask, nullptr, 1};
  const bool useless = use.seen >= kSample && use.passed * 10 > use.seen * 9;
  if (table == nullptr || useless) {
    for (uint32_t i = 0; i < lanes.count; i++) mask[lanes[i]] = 1;
    return;
  }
  table->may_contain(arg, lanes, mask);
  use.seen += lanes.count;
  for (uint32_t i = 0; i < lanes.count; i++) use.passed += mask[lanes[i]];
}

void Interpreter::limit(const Instruction& instruction) {
  const LanesView from = lanes_[instruction.lanes].view();
  Lanes& into = lanes_[instruction.new_lanes];
  uint32_t skipped = 0;
  uint32_t kept = 0;
  bindings_->limits[instruction.index]->take(from.count, &skipped, &kept);
  uint16_t* out = into.own();
  for (uint32_t i = 0; i < kept; i++) out[i] = static_cast<uint16_t>(from[skipped + i]);
  into.lanes = out;
  into.count = kept;
}

}  // namespace millrace::backend::cpu
