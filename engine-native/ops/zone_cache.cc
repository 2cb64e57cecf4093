#include "ops/zone_cache.h"

#include <dirent.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ops/scalar/zone.h"

namespace millrace::ops {

namespace {

constexpr i64 kSecondsPerDay = 86400;

struct LocalType {
  i32 offset = 0;
  bool is_daylight = false;
  std::string abbreviation;
};

/// A zone being made: seconds from 1970.
struct ZoneBuilder {
  LocalType before;
  std::vector<i64> times;
  std::vector<LocalType> types;  // in force from times[i]
};

/// Owner of everything a ZoneTable points to.
struct OwnedZone {
  ZoneTable table;
  std::string name;
  std::string rule;
  std::vector<i64> transitions;
  std::vector<i32> offsets;
  std::vector<u8> is_daylight;
  std::vector<std::string> abbreviation_text;
  std::vector<const char*> abbreviations;
};

/// When in a year a rule changes the clocks.
struct RuleDate {
  enum Kind { kJulianNoLeap, kDayOfYear, kMonthWeekDay } kind = kMonthWeekDay;
  int month = 0, week = 0, day = 0;
  i64 seconds = 7200;
};

struct PosixRule {
  LocalType standard;
  std::optional<LocalType> daylight;
  RuleDate start, end;
};

/// Reads POSIX TZ strings.
class PosixParser {
 public:
  explicit PosixParser(std::string_view text) : rest_(text) {}

  std::optional<PosixRule> parse() {
    PosixRule rule;
    if (!name(rule.standard.abbreviation) || rest_.empty()) return std::nullopt;
    i64 west;
    if (!offset(west)) return std::nullopt;
    rule.standard.offset = static_cast<i32>(-west);
    if (rest_.empty()) return rule;
    LocalType daylight;
    if (!name(daylight.abbreviation)) return std::nullopt;
    daylight.is_daylight = true;
    daylight.offset = rule.standard.offset + 3600;
    if (!rest_.empty() && rest_[0] != ',' && rest_[0] != ';') {
      if (!offset(west)) return std::nullopt;
      daylight.offset = static_cast<i32>(-west);
    }
    if (rest_.empty()) rest_ = ",M3.2.0,M11.1.0";
    if (!rule_date(rule.start) || !rule_date(rule.end) || !rest_.empty()) return std::nullopt;
    rule.daylight = daylight;
    return rule;
  }

 private:
  bool take(char byte) {
    if (rest_.empty() || rest_[0] != byte) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool name(std::string& out) {
    if (take('<')) {
      const size_t close = rest_.find('>');
      if (close == std::string_view::npos) return false;
      out = rest_.substr(0, close);
      rest_.remove_prefix(close + 1);
      return true;
    }
    const size_t end = std::min(rest_.find_first_of("0123456789,+-"), rest_.size());
    out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return true;
  }
  bool number(int& out, int least, int most) {
    if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9') return false;
    out = 0;
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      out = out * 10 + (rest_[0] - '0');
      if (out > most) return false;
      rest_.remove_prefix(1);
    }
    return out >= least;
  }
  bool offset(i64& out) {
    const bool negative = take('-');
    if (!negative) take('+');
    int hours = 0, minutes = 0, seconds = 0;
    if (!number(hours, 0, 24 * 7 - 1)) return false;
    if (take(':')) {
      if (!number(minutes, 0, 59)) return false;
      if (take(':') && !number(seconds, 0, 60)) return false;
    }
    out = hours * 3600 + minutes * 60 + seconds;
    if (negative) out = -out;
    return true;
  }
  bool rule_date(RuleDate& out) {
    if (!take(',') && !take(';')) return false;
    if (take('J')) {
      out.kind = RuleDate::kJulianNoLeap;
      if (!number(out.day, 1, 365)) return false;
    } else if (take('M')) {
      out.kind = RuleDate::kMonthWeekDay;
      if (!number(out.month, 1, 12) || !take('.') || !number(out.week, 1, 5) || !take('.') ||
          !number(out.day, 0, 6)) {
        return false;
      }
    } else {
      out.kind = RuleDate::kDayOfYear;
      if (!number(out.day, 0, 365)) return false;
    }
    return !take('/') || offset(out.seconds);
  }

  std::string_view rest_;
};

/// Seconds from 1970 at which a rule strikes in a year, given the offset in force before.
i64 rule_time(const RuleDate& rule, i64 year, i32 offset) {
  i64 day = 0;
  switch (rule.kind) {
    case RuleDate::kJulianNoLeap:
      day = days_from_civil(year, 1, 1) + rule.day - 1;
      if (is_leap_year(year) && rule.day >= 60) day++;
      break;
    case RuleDate::kDayOfYear:
      day = days_from_civil(year, 1, 1) + rule.day;
      break;
    case RuleDate::kMonthWeekDay: {
      const i64 first = days_from_civil(year, rule.month, 1);
      day = first + floor_mod(rule.day - day_of_week(first), 7) + 7 * (rule.week - 1);
      while (day >= first + days_in_month(year, rule.month)) day -= 7;
      break;
    }
  }
  return (day + kEpochJulian - kUnixEpochJulian) * kSecondsPerDay + rule.seconds - offset;
}

/// Appends a rule's transitions of the years [first, last] that are later than those there.
void append_rule(ZoneBuilder& zone, const PosixRule& rule, i64 first, i64 last) {
  for (i64 year = first; year <= last; year++) {
    std::pair<i64, const LocalType*> changes[2] = {
        {rule_time(rule.start, year, rule.standard.offset), &*rule.daylight},
        {rule_time(rule.end, year, rule.daylight->offset), &rule.standard}};
    if (changes[1].first < changes[0].first) std::swap(changes[0], changes[1]);
    for (const auto& [time, type] : changes) {
      if (!zone.times.empty() && time <= zone.times.back()) continue;
      zone.times.push_back(time);
      zone.types.push_back(*type);
    }
  }
}

const ZoneTable* publish(const ZoneBuilder& zone, std::string name, std::string rule,
                         bool is_only_rule) {
  auto owned = std::make_unique<OwnedZone>();
  owned->name = std::move(name);
  owned->rule = std::move(rule);
  const i64 least = kLeastTimestamp / kMicrosPerSecond;
  std::vector<const LocalType*> types{&zone.before};
  for (size_t i = 0; i < zone.times.size(); i++) {
    const i64 seconds = zone.times[i] - kUnixEpochGap / kMicrosPerSecond;
    if (seconds < least - kSecondsPerDay) {
      types.back() = &zone.types[i];
      continue;
    }
    owned->transitions.push_back(seconds * kMicrosPerSecond);
    types.push_back(&zone.types[i]);
  }
  for (const LocalType* type : types) {
    owned->offsets.push_back(type->offset);
    owned->is_daylight.push_back(type->is_daylight ? 1 : 0);
  }
  std::map<std::string, size_t> known;
  std::vector<size_t> which;
  for (const LocalType* type : types) {
    const auto [at, is_new] = known.emplace(type->abbreviation, owned->abbreviation_text.size());
    if (is_new) owned->abbreviation_text.push_back(type->abbreviation);
    which.push_back(at->second);
  }
  for (const size_t i : which) owned->abbreviations.push_back(owned->abbreviation_text[i].c_str());
  ZoneTable& table = owned->table;
  table.transition_count = static_cast<u32>(owned->transitions.size());
  table.transitions = owned->transitions.data();
  table.offsets = owned->offsets.data();
  table.is_daylight = owned->is_daylight.data();
  table.abbreviations = owned->abbreviations.data();
  table.name = owned->name.c_str();
  table.posix_rule = is_only_rule && !owned->rule.empty() ? table.name : owned->rule.c_str();
  // Lives as long as the process: settings and plans point to it.
  return &owned.release()->table;
}

const ZoneTable* zone_of_rule(const PosixRule& rule, const std::string& name) {
  ZoneBuilder zone;
  zone.before = rule.standard;
  if (!rule.daylight) return publish(zone, name, "", true);
  append_rule(zone, rule, 1770, 2171);
  return publish(zone, name, name, true);
}

/// Reads big-endian fields of a zone file.
class TzifReader {
 public:
  explicit TzifReader(std::string bytes) : bytes_(std::move(bytes)) {}

  /// Fills the zone and the footer's rule; false if the file is not a zone file.
  bool read(ZoneBuilder& zone, std::string& footer) {
    Header header;
    if (!read_header(header)) return false;
    if (header.version == 0) return read_block(header, 4, zone);
    at_ += block_size(header, 4);
    if (!read_header(header) || !read_block(header, 8, zone)) return false;
    if (at_ < bytes_.size() && bytes_[at_] == '\n') {
      const size_t end = bytes_.find('\n', at_ + 1);
      if (end != std::string::npos) footer = bytes_.substr(at_ + 1, end - at_ - 1);
    }
    return true;
  }

 private:
  struct Header {
    char version;
    size_t utc_count, standard_count, leap_count, time_count, type_count, text_size;
  };

  i64 number(size_t size) {
    u64 value = 0;
    for (size_t i = 0; i < size; i++) value = value << 8 | static_cast<u8>(bytes_[at_ + i]);
    at_ += size;
    return size == 8 ? static_cast<i64>(value) : static_cast<i32>(static_cast<u32>(value));
  }
  bool read_header(Header& out) {
    if (at_ + 44 > bytes_.size() || bytes_.compare(at_, 4, "TZif") != 0) return false;
    out.version = bytes_[at_ + 4];
    at_ += 20;
    for (size_t* field : {&out.utc_count, &out.standard_count, &out.leap_count, &out.time_count,
                          &out.type_count, &out.text_size}) {
      *field = static_cast<u32>(number(4));
    }
    return out.type_count > 0 && out.type_count <= 256 && out.time_count < 100000 &&
           out.text_size < 100000 && out.leap_count == 0 && out.utc_count < 1000 &&
           out.standard_count < 1000;
  }
  static size_t block_size(const Header& h, size_t time_size) {
    return h.time_count * (time_size + 1) + h.type_count * 6 + h.text_size + h.standard_count +
           h.utc_count;
  }
  bool read_block(const Header& h, size_t time_size, ZoneBuilder& zone) {
    if (at_ + block_size(h, time_size) > bytes_.size()) return false;
    const size_t end = at_ + block_size(h, time_size);
    for (size_t i = 0; i < h.time_count; i++) zone.times.push_back(number(time_size));
    std::vector<size_t> indexes;
    for (size_t i = 0; i < h.time_count; i++) {
      indexes.push_back(static_cast<u8>(bytes_[at_++]));
      if (indexes.back() >= h.type_count) return false;
    }
    std::vector<LocalType> types(h.type_count);
    std::vector<size_t> text_at;
    for (LocalType& type : types) {
      type.offset = static_cast<i32>(number(4));
      type.is_daylight = bytes_[at_++] != 0;
      text_at.push_back(static_cast<u8>(bytes_[at_++]));
    }
    const std::string text = bytes_.substr(at_, h.text_size);
    for (size_t i = 0; i < types.size(); i++) {
      if (text_at[i] >= text.size()) return false;
      types[i].abbreviation = text.c_str() + text_at[i];
    }
    for (const size_t i : indexes) zone.types.push_back(types[i]);
    zone.before = types[0];
    at_ = end;
    return true;
  }

  std::string bytes_;
  size_t at_ = 0;
};

std::string zone_directory() {
  if (const char* from_environment = std::getenv("TZDIR")) return from_environment;
  return "/usr/share/zoneinfo";
}

std::string lowercase_of(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// The entry of a directory that equals `wanted` in any case.
std::optional<std::string> find_entry(const std::string& directory, std::string_view wanted) {
  const std::string lower = lowercase_of(wanted);
  std::optional<std::string> found;
  DIR* opened = opendir(directory.c_str());
  if (opened == nullptr) return found;
  while (const dirent* entry = readdir(opened)) {
    if (entry->d_name[0] == '.' || lowercase_of(entry->d_name) != lower) continue;
    found = entry->d_name;
    break;
  }
  closedir(opened);
  return found;
}

/// The zone's name as the database spells it; nothing if there is no such file.
std::optional<std::string> find_spelling(const std::string& root, std::string_view name) {
  std::string spelling;
  while (true) {
    const size_t slash = name.find('/');
    const auto entry = find_entry(root + "/" + spelling, name.substr(0, slash));
    if (!entry) return std::nullopt;
    spelling += *entry;
    if (slash == std::string_view::npos) return spelling;
    spelling += '/';
    name.remove_prefix(slash + 1);
  }
}

/// Empty when it cannot be read.
std::string read_file(const std::string& path) {
  std::string bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  char block[8192];
  while (const size_t count = std::fread(block, 1, sizeof block, file)) bytes.append(block, count);
  std::fclose(file);
  return bytes;
}

const ZoneTable* load_zone(std::string_view name) {
  const std::string root = zone_directory();
  if (const auto spelling = find_spelling(root, name)) {
    const std::string bytes = read_file(root + "/" + *spelling);
    ZoneBuilder zone;
    std::string footer;
    if (TzifReader(bytes).read(zone, footer)) {
      const auto rule = PosixParser(footer).parse();
      if (!rule || !rule->daylight) return publish(zone, *spelling, "", false);
      const i64 last = zone.times.empty() ? 0 : zone.times.back();
      const i64 year =
          civil_from_days(floor_div(last, kSecondsPerDay) - (kEpochJulian - kUnixEpochJulian)).year;
      append_rule(zone, *rule, year, std::max<i64>(year, 1970) + 402);
      return publish(zone, *spelling, footer, false);
    }
  }
  std::string upper(name);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (upper.empty() || upper[0] == ':') return nullptr;
  const auto rule = PosixParser(upper).parse();
  return rule ? zone_of_rule(*rule, upper) : nullptr;
}

}  // namespace

const ZoneTable* find_zone(std::string_view name) {
  static std::mutex mutex;
  static auto* zones = new std::map<std::string, const ZoneTable*>();
  if (name.empty() || name.size() > 255 || name.find('\0') != std::string_view::npos) {
    return nullptr;
  }
  const std::string key = lowercase_of(name);
  const std::lock_guard lock(mutex);
  const auto at = zones->find(key);
  if (at != zones->end()) return at->second;
  const ZoneTable* zone = key == "gmt" || key == "utc" ? nullptr : load_zone(name);
  if (key == "gmt" || key == "utc") {
    PosixRule rule;
    rule.standard.abbreviation = key == "gmt" ? "GMT" : "UTC";
    zone = zone_of_rule(rule, rule.standard.abbreviation);
  }
  // Names that mean nothing are not kept: they may come from any input.
  if (zone != nullptr) zones->emplace(key, zone);
  return zone;
}

const ZoneTable* utc_zone() {
  static const ZoneTable* zone = find_zone("UTC");
  return zone;
}

const ZoneTable* fixed_zone(i32 seconds_east) {
  const u32 size = static_cast<u32>(seconds_east < 0 ? -seconds_east : seconds_east);
  char clock[16];
  if (size % 60 != 0) {
    std::snprintf(clock, sizeof clock, "%02u:%02u:%02u", size / 3600, size / 60 % 60, size % 60);
  } else if (size % 3600 != 0) {
    std::snprintf(clock, sizeof clock, "%02u:%02u", size / 3600, size / 60 % 60);
  } else {
    std::snprintf(clock, sizeof clock, "%02u", size / 3600);
  }
  const bool west = seconds_east < 0;
  return find_zone(std::string("<") + (west ? "-" : "+") + clock + ">" + (west ? "+" : "-") +
                   clock);
}

bool interpret_abbreviation(const ZoneTable& zone, std::string_view uppercase, i64 utc, i32& offset,
                            bool& is_daylight) {
  const u32 now = zone_index(zone, utc);
  const auto uses = [&](u32 i) {
    if (uppercase != zone.abbreviations[i]) return false;
    offset = zone.offsets[i];
    is_daylight = zone.is_daylight[i] != 0;
    return true;
  };
  for (u32 i = now + 1; i > 0; i--) {
    if (uses(i - 1)) return true;
  }
  for (u32 i = now + 1; i <= zone.transition_count; i++) {
    if (uses(i)) return true;
  }
  return false;
}

bool resolve_zone(std::string_view name, i64 time, bool value_is_local, const ZoneTable*& zone,
                  i32& offset) {
  zone = nullptr;
  ZoneAbbreviation abbreviation;
  // Abbreviations are known by their first ten bytes.
  const std::string lower = lowercase_of(name.substr(0, std::min<size_t>(name.size(), 255)));
  if (!find_zone_abbreviation(lower.substr(0, 10), abbreviation)) {
    zone = find_zone(name);
    return zone != nullptr;
  }
  offset = abbreviation.offset;
  if (abbreviation.zone == nullptr) return true;
  i64 utc = time;
  offset = value_is_local ? offset_of_local(*abbreviation.zone, time)
                          : offset_at(*abbreviation.zone, time);
  if (value_is_local) utc = time - offset * kMicrosPerSecond;
  std::string upper = lower;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  bool is_daylight;
  interpret_abbreviation(*abbreviation.zone, upper, utc, offset, is_daylight);
  return true;
}

}  // namespace millrace::ops
