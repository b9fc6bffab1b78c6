#include "hal/base/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace perch {
namespace {

std::atomic<LogLevel> g_level{LogLevel::kInfo};

struct LevelName {
  LogLevel level;
  const char* word;
  int syslog_priority;  // sd-daemon(3): "<N>" prefix
};
constexpr std::array<LevelName, 5> kLevels{{{LogLevel::kError, "error", 3},
                                            {LogLevel::kWarning, "warning", 4},
                                            {LogLevel::kInfo, "info", 6},
                                            {LogLevel::kDebug, "debug", 7},
                                            {LogLevel::kTrace, "trace", 7}}};

bool under_journald() {
  static const bool value = std::getenv("JOURNAL_STREAM") != nullptr;
  return value;
}

}  // namespace

void set_log_level(LogLevel level) { g_level.store(level, std::memory_order_relaxed); }

bool log_enabled(LogLevel level) { return level <= g_level.load(std::memory_order_relaxed); }

bool parse_log_level(std::string_view word, LogLevel& level) {
  for (const LevelName& name : kLevels) {
    if (word != name.word) continue;
    level = name.level;
    return true;
  }
  return false;
}

void log_line(LogLevel level, const char* module, const char* format, ...) {
  const LevelName& name = kLevels[static_cast<std::size_t>(level)];
  std::array<char, 1024> line;
  const auto room = line.size() - 1;  // one kept for the newline
  std::size_t used = 0;
  const auto add = [&](int written) {
    if (written > 0) used = std::min(used + static_cast<std::size_t>(written), room - 1);
  };
  if (under_journald()) add(std::snprintf(line.data(), room, "<%d>", name.syslog_priority));
  add(std::snprintf(line.data() + used, room - used, "level=%s mod=%s ", name.word, module));
  va_list args;
  va_start(args, format);
  add(std::vsnprintf(line.data() + used, room - used, format, args));
  va_end(args);
  line[used++] = '\n';
  // Nobody to tell when stderr is gone.
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, line.data(), used);
}

std::string in_quotes(std::string_view value) {
  constexpr std::size_t kLongest = 200;
  std::size_t end = std::min(value.size(), kLongest);
  while (end < value.size() && end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80)
    --end;  // whole UTF-8
  std::string out = "\"";
  for (const char c : value.substr(0, end)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += '?';
    } else {
      out += c;
    }
  }
  if (value.size() > kLongest) out += "...";
  return out += '"';
}

}  // namespace perch
