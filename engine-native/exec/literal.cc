#include "exec/literal.h"

#include <cstring>
#include <vector>

#include "backend/cpu/aggregate_loops.h"
#include "ops/zone_cache.h"
#include "types/names.h"

namespace millrace::exec {

namespace {

using base::ErrorCode;
using base::Result;
using base::Status;
using runtime::Constant;
using types::StringView;
using types::Type;

/// Memory for one call.
struct OneArena {
  OneArena() {
    arena.next = arena.end = nullptr;
    arena.refill = [](ops::Arena* of, uint32_t size) {
      auto* owner = reinterpret_cast<OneArena*>(of);
      owner->blocks.emplace_back(size + 256);
      char* at = owner->blocks.back().data();
      of->next = at + size;
      of->end = at + size + 256;
      return at;
    };
  }
  ops::Arena arena;
  std::vector<std::vector<char>> blocks;
};

std::string text_of(const StringView& view) { return std::string(view.bytes(), view.size); }

/// op(arguments) for one row.
Status call_once(const ops::OpDescriptor& op, const std::vector<const void*>& values,
                 OneArena& arena, void* out) {
  backend::cpu::Argument arguments[4];
  for (size_t i = 0; i < values.size(); i++) arguments[i] = {values[i], nullptr, 0};
  ops::OpContext context{};
  context.settings = &literal_settings();
  context.arena = &arena.arena;
  uint8_t validity = 1;
  backend::cpu::Frame frame{&context, arguments, nullptr, 1, out, nullptr, &validity, 0};
  const ErrorCode code = backend::cpu::loops_of(op).selected(frame);
  if (code == ErrorCode::Ok) return {};
  return Status::error(code, text_of(context.error_first), text_of(context.error_second));
}

bool has_scale(Type type) { return type == Type::D64 || type == Type::D128; }

}  // namespace

struct ValueText::Memory {
  OneArena arena;
};
ValueText::ValueText() : memory_(std::make_unique<Memory>()) {}
ValueText::~ValueText() = default;
ops::Arena& ValueText::arena() { return memory_->arena.arena; }

const ops::Settings& literal_settings() {
  static const ops::Settings settings = [] {
    ops::Settings made{};
    made.zone = ops::find_zone("UTC");
    made.extra_float_digits = 1;
    return made;
  }();
  return settings;
}

Result<Constant> read_literal(const plan::Literal& literal, types::TypeParameters type,
                              memory::Budget*) {
  Constant constant;
  constant.type = type;
  constant.is_null = literal.is_null();
  if (constant.is_null) return constant;
  Constant text;
  text.type = {Type::Text, 0, 0};
  text.set_string(literal.text());
  if (type.type == Type::Text) return text;
  const std::string name = "cast_" + std::string(types::name_of(type.type));
  std::vector<Type> signature = {Type::Text};
  std::vector<const void*> values = {text.bytes};
  const int32_t precision = type.precision;
  const int32_t scale = type.scale;
  if (has_scale(type.type)) {
    signature.insert(signature.end(), {Type::I32, Type::I32});
    values.insert(values.end(), {&precision, &scale});
  }
  const ops::OpDescriptor* op = ops::find_op(name, signature, type.type);
  if (op == nullptr) return Status::error(ErrorCode::Internal, "no operation " + name + "(text)");
  OneArena arena;
  MR_RETURN_IF_ERROR(call_once(*op, values, arena, constant.bytes));
  if (type.type == Type::Bytea) {
    StringView bytes;
    std::memcpy(&bytes, constant.bytes, sizeof(bytes));
    constant.set_string(std::string(bytes.bytes(), bytes.size));
  }
  return constant;
}

Result<std::string> print_literal(const column::VectorView& value, memory::Budget*) {
  const Type type = value.type.type;
  if (type == Type::Text) return text_of(value.at<StringView>(0));
  if (type == Type::Bool) return std::string(value.at<uint8_t>(0) != 0 ? "t" : "f");
  std::vector<Type> signature = {type};
  std::vector<const void*> values = {value.values};
  const int32_t scale = value.type.scale;
  if (has_scale(type)) {
    signature.push_back(Type::I32);
    values.push_back(&scale);
  }
  const ops::OpDescriptor* op = ops::find_op("cast_text", signature, Type::Text);
  if (op == nullptr) return Status::error(ErrorCode::Internal, "type has no text");
  OneArena arena;
  StringView text;
  MR_RETURN_IF_ERROR(call_once(*op, values, arena, &text));
  return text_of(text);
}

}  // namespace millrace::exec
