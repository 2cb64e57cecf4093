// Sums, multiples and normal forms of intervals.
#pragma once

#include "ops/scalar/date_arithmetic.h"

namespace millrace::ops {

constexpr i32 kDaysPerMonth = 30;

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
MR_HD inline f64 round_even(f64 value) { return ::rint(value); }
#else
inline f64 round_even(f64 value) { return __builtin_rint(value); }
#endif
MR_HD inline f64 truncated(f64 value) {
  return value >= 9.2e18 || value <= -9.2e18 || value != value
             ? value
             : static_cast<f64>(static_cast<i64>(value));
}
/// Rounds to microseconds of a unit, as PostgreSQL does between the steps of a multiplication.
MR_HD inline f64 round_micros(f64 value) { return round_even(value * 1000000.0) / 1000000.0; }

struct IntervalAdd {
  MR_HD static ErrorCode apply(OpContext& c, Interval a, Interval b, Interval& out) {
    if (add_overflows(a.months, b.months, out.months) || add_overflows(a.days, b.days, out.days) ||
        add_overflows(a.microseconds, b.microseconds, out.microseconds)) {
      return c.fail(ErrorCode::IntervalOutOfRange);
    }
    return ErrorCode::Ok;
  }
};

struct IntervalSubtract {
  MR_HD static ErrorCode apply(OpContext& c, Interval a, Interval b, Interval& out) {
    if (sub_overflows(a.months, b.months, out.months) || sub_overflows(a.days, b.days, out.days) ||
        sub_overflows(a.microseconds, b.microseconds, out.microseconds)) {
      return c.fail(ErrorCode::IntervalOutOfRange);
    }
    return ErrorCode::Ok;
  }
};

struct IntervalNegate {
  MR_HD static ErrorCode apply(OpContext& c, Interval a, Interval& out) {
    if (a.microseconds == kTimestampNegativeInfinity || a.days == kDateNegativeInfinity ||
        a.months == kDateNegativeInfinity) {
      return c.fail(ErrorCode::IntervalOutOfRange);
    }
    out = negated(a);
    return ErrorCode::Ok;
  }
};

/// The fractions of months cascade to days and those of days to microseconds. Whole months and days
/// were reckoned by the caller; `months` and `days` are their exact values.
MR_HD inline ErrorCode cascade(OpContext& c, const Interval& span, f64 months, f64 days, f64 micros,
                               f64 factor, bool divide, Interval& out) {
  out = Interval{};
  if (months != months || months > 2147483647.0 || months < -2147483648.0 || days != days ||
      days > 2147483647.0 || days < -2147483648.0) {
    return c.fail(ErrorCode::IntervalOutOfRange);
  }
  out.months = static_cast<i32>(months);
  out.days = static_cast<i32>(days);
  const f64 month_part = divide ? span.months / factor : span.months * factor;
  const f64 day_part = divide ? span.days / factor : span.days * factor;
  f64 rest_days = round_micros((month_part - out.months) * kDaysPerMonth);
  f64 seconds = (day_part - out.days + rest_days - truncated(rest_days)) * 86400.0;
  seconds = round_micros(seconds);
  // Rounding may have made a whole day of seconds: it belongs to the days.
  if (seconds >= 86400.0 || seconds <= -86400.0) {
    const i64 whole = static_cast<i64>(seconds / 86400.0);
    const i64 sum = out.days + whole;
    if (sum > 2147483647L || sum < -2147483648L) return c.fail(ErrorCode::IntervalOutOfRange);
    out.days = static_cast<i32>(sum);
    seconds -= static_cast<f64>(whole) * 86400.0;
  }
  const i64 sum = out.days + static_cast<i64>(rest_days);
  if (sum > 2147483647L || sum < -2147483648L) return c.fail(ErrorCode::IntervalOutOfRange);
  out.days = static_cast<i32>(sum);
  const f64 total = round_even(micros + seconds * 1000000.0);
  if (total != total || total >= 9223372036854775808.0 || total < -9223372036854775808.0) {
    return c.fail(ErrorCode::IntervalOutOfRange);
  }
  out.microseconds = static_cast<i64>(total);
  return ErrorCode::Ok;
}

struct IntervalMultiply {
  MR_HD static ErrorCode apply(OpContext& c, Interval span, f64 factor, Interval& out) {
    return cascade(c, span, span.months * factor, span.days * factor,
                   static_cast<f64>(span.microseconds) * factor, factor, false, out);
  }
};

struct IntervalDivide {
  MR_HD static ErrorCode apply(OpContext& c, Interval span, f64 divisor, Interval& out) {
    if (divisor == 0.0) return c.fail(ErrorCode::DivisionByZero);
    return cascade(c, span, span.months / divisor, span.days / divisor,
                   static_cast<f64>(span.microseconds) / divisor, divisor, true, out);
  }
};

/// Whole thirty-day months of days go to the months, so that both have one sign.
MR_HD inline bool move_days_to_months(Interval& span) {
  const i32 whole = span.days / kDaysPerMonth;
  span.days -= whole * kDaysPerMonth;
  if (add_overflows(span.months, whole, span.months)) return false;
  if (span.months > 0 && span.days < 0) {
    span.days += kDaysPerMonth;
    span.months--;
  } else if (span.months < 0 && span.days > 0) {
    span.days -= kDaysPerMonth;
    span.months++;
  }
  return true;
}

struct JustifyHours {
  MR_HD static ErrorCode apply(OpContext& c, Interval span, Interval& out) {
    out = span;
    return move_hours_to_days(out) ? ErrorCode::Ok : c.fail(ErrorCode::IntervalOutOfRange);
  }
};

struct JustifyDays {
  MR_HD static ErrorCode apply(OpContext& c, Interval span, Interval& out) {
    out = span;
    return move_days_to_months(out) ? ErrorCode::Ok : c.fail(ErrorCode::IntervalOutOfRange);
  }
};

struct JustifyInterval {
  MR_HD static ErrorCode apply(OpContext& c, Interval span, Interval& out) {
    // Days that surely become months go first, lest adding the hours' days overflows.
    if ((span.days > 0 && span.microseconds > 0) || (span.days < 0 && span.microseconds < 0)) {
      const i32 whole = span.days / kDaysPerMonth;
      span.days -= whole * kDaysPerMonth;
      if (add_overflows(span.months, whole, span.months)) {
        return c.fail(ErrorCode::IntervalOutOfRange);
      }
    }
    const i64 days = span.microseconds / kMicrosPerDay;
    span.microseconds -= days * kMicrosPerDay;
    span.days += static_cast<i32>(days);
    const i32 months = span.days / kDaysPerMonth;
    span.days -= months * kDaysPerMonth;
    if (add_overflows(span.months, months, span.months)) {
      return c.fail(ErrorCode::IntervalOutOfRange);
    }
    const bool below = span.days < 0 || (span.days == 0 && span.microseconds < 0);
    const bool above = span.days > 0 || (span.days == 0 && span.microseconds > 0);
    if (span.months > 0 && below) {
      span.days += kDaysPerMonth;
      span.months--;
    } else if (span.months < 0 && above) {
      span.days -= kDaysPerMonth;
      span.months++;
    }
    if (span.days > 0 && span.microseconds < 0) {
      span.microseconds += kMicrosPerDay;
      span.days--;
    } else if (span.days < 0 && span.microseconds > 0) {
      span.microseconds -= kMicrosPerDay;
      span.days++;
    }
    out = span;
    return ErrorCode::Ok;
  }
};

}  // namespace millrace::ops
