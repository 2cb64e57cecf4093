#include "exec/series_source.h"

#include <cstring>

#include "backend/cpu/aggregate_loops.h"

namespace millrace::exec {

namespace {

using backend::cpu::Frame;
using runtime::Constant;
using types::Type;

/// Integers end where their type does; other types have room, so that running out of it is an error.
bool ends_at_overflow(Type type) { return type == Type::I32 || type == Type::I64; }

/// The values of a series: first, then add(step) until beyond last. Arithmetic and order are the
/// operations of ops/, so that a series ends where PostgreSQL's does.
class SeriesSource : public Source {
 public:
  SeriesSource(types::TypeParameters type, Constant first, Constant last, Constant step,
               bool rising, const ops::OpDescriptor* add, const ops::OpDescriptor* within,
               const ops::Settings* settings, uint32_t vector_size)
      : type_(type),
        first_(std::move(first)),
        last_(std::move(last)),
        step_(std::move(step)),
        rising_(rising),
        add_(add),
        within_(within),
        settings_(settings),
        vector_size_(vector_size) {}
  uint64_t unit_count() const override { return 1; }
  std::unique_ptr<Source::Cursor> open_cursor() override {
    return std::make_unique<SeriesCursor>(this);
  }

 private:
  class SeriesCursor : public Source::Cursor, public Batch {
   public:
    explicit SeriesCursor(const SeriesSource* source)
        : source_(source),
          size_(types::size_of(source->type_.type)),
          values_(size_t{column::kVectorSize} * size_) {
      std::memcpy(current_, source->first_.bytes, size_);
    }
    Result<Batch*> next() override {
      count_ = 0;
      while (!done_ && count_ < source_->vector_size_) {
        uint8_t inside = 0;
        const void* left = source_->rising_ ? current_ : source_->last_.bytes;
        const void* right = source_->rising_ ? source_->last_.bytes : current_;
        MR_RETURN_IF_ERROR(call(*source_->within_, left, right, &inside, nullptr));
        if (inside == 0) {
          done_ = true;
          break;
        }
        std::memcpy(values_.as<char>() + size_t{count_} * size_, current_, size_);
        count_++;
        alignas(16) char following[32];
        bool overflow = false;
        MR_RETURN_IF_ERROR(
            call(*source_->add_, current_, source_->step_.bytes, following, &overflow));
        done_ = overflow;
        std::memcpy(current_, following, size_);
      }
      if (count_ == 0) return nullptr;
      return static_cast<Batch*>(this);
    }
    uint32_t row_count() const override { return count_; }
    Result<column::ColumnView> column(uint32_t) override {
      column::ColumnView view;
      view.type = source_->type_;
      view.values = values_.as<char>();
      view.row_count = count_;
      return view;
    }

   private:
    /// Running past an integer's range ends a series quietly where `overflow` is asked for.
    Status call(const ops::OpDescriptor& op, const void* left, const void* right, void* out,
                bool* overflow) {
      const backend::cpu::Argument arguments[2] = {{left, nullptr, 0}, {right, nullptr, 0}};
      ops::OpContext context{};
      context.settings = source_->settings_;
      Frame frame{&context, arguments, nullptr, 1, out, nullptr, nullptr, 0};
      const ErrorCode code = backend::cpu::loops_of(op).selected(frame);
      if (code == ErrorCode::Ok) return {};
      if (overflow != nullptr && ends_at_overflow(source_->type_.type)) {
        *overflow = true;
        return {};
      }
      return Status::error(code);
    }

    const SeriesSource* source_;
    const uint32_t size_;
    column::Buffer values_;
    alignas(16) char current_[32] = {};
    uint32_t count_ = 0;
    bool done_ = false;
  };

  const types::TypeParameters type_;
  const Constant first_;
  const Constant last_;
  const Constant step_;
  const bool rising_;
  const ops::OpDescriptor* add_;
  const ops::OpDescriptor* within_;
  const ops::Settings* settings_;
  const uint32_t vector_size_;
};

/// -1, 0, 1 as the step leads down, nowhere or up.
int sign_of(const Constant& step) {
  switch (step.type.type) {
    case Type::I32: {
      int32_t value;
      std::memcpy(&value, step.bytes, sizeof(value));
      return (value > 0) - (value < 0);
    }
    case Type::I64: {
      int64_t value;
      std::memcpy(&value, step.bytes, sizeof(value));
      return (value > 0) - (value < 0);
    }
    case Type::Numeric: {
      types::Numeric value;
      std::memcpy(&value, step.bytes, sizeof(value));
      return (value.coefficient > 0) - (value.coefficient < 0);
    }
    default: {
      types::Interval value;
      std::memcpy(&value, step.bytes, sizeof(value));
      const __int128 days = __int128{value.months} * 30 + value.days;
      const __int128 all = days * 86'400'000'000 + value.microseconds;
      return (all > 0) - (all < 0);
    }
  }
}

}  // namespace

Result<std::unique_ptr<Source>> make_series_source(const plan::TableFunction& function,
                                                   std::vector<Constant> arguments,
                                                   const ops::Settings* settings,
                                                   uint32_t vector_size) {
  if (function.function() != "generate_series" || arguments.size() < 2 || arguments.size() > 3 ||
      function.columns_size() != 1) {
    return Status::error(ErrorCode::Internal,
                         "the engine has no table function " + function.function());
  }
  const types::TypeParameters type = operators::type_of(function.columns(0).type());
  for (const Constant& argument : arguments) {
    if (argument.is_null) return make_empty_columns_source(0);
  }
  if (arguments.size() == 2) {
    Constant step;
    step.type = type;
    if (type.type == Type::I32) {
      const int32_t value = 1;
      std::memcpy(step.bytes, &value, sizeof(value));
    } else if (type.type == Type::I64) {
      const int64_t value = 1;
      std::memcpy(step.bytes, &value, sizeof(value));
    } else {
      types::Numeric value{};
      value.coefficient = 1;
      std::memcpy(step.bytes, &value, sizeof(value));
    }
    arguments.push_back(std::move(step));
  }
  if (!operators::same_type(arguments[0].type, type) ||
      !operators::same_type(arguments[1].type, type)) {
    return Status::error(ErrorCode::Internal, "generate_series answers another type than asked");
  }
  if (type.type == Type::Numeric) {
    static constexpr const char* kNames[] = {"start value", "stop value", "step size"};
    for (size_t i = 0; i < 3; i++) {
      types::Numeric value;
      std::memcpy(&value, arguments[i].bytes, sizeof(value));
      if (arguments[i].type.type != Type::Numeric || value.kind == types::Numeric::kFinite)
        continue;
      const char* what =
          value.kind == types::Numeric::kNaN ? " cannot be NaN" : " cannot be infinity";
      return Status::error(ErrorCode::InvalidParameterValue, std::string(kNames[i]) + what);
    }
  }
  const int sign = sign_of(arguments[2]);
  if (sign == 0) {
    return Status::error(ErrorCode::InvalidParameterValue, "step size cannot equal zero");
  }
  const Type add_types[2] = {type.type, arguments[2].type.type};
  const Type order_types[2] = {type.type, type.type};
  const ops::OpDescriptor* add = ops::find_op("add", add_types, type.type);
  const ops::OpDescriptor* within = ops::find_op("le", order_types, Type::Bool);
  if (add == nullptr || within == nullptr) {
    return Status::error(ErrorCode::Internal, "generate_series over a type without addition");
  }
  return std::unique_ptr<Source>(std::make_unique<SeriesSource>(
      type, std::move(arguments[0]), std::move(arguments[1]), std::move(arguments[2]), sign > 0,
      add, within, settings, vector_size));
}

}  // namespace millrace::exec
