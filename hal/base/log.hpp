// Leveled log lines in logfmt on stderr: one per state change, checked like printf.
#pragma once

#include <string>
#include <string_view>

namespace perch {

enum class LogLevel { kError, kWarning, kInfo, kDebug, kTrace };

/// Lines above this level are not written. Any thread.
void set_log_level(LogLevel level);
[[nodiscard]] bool log_enabled(LogLevel level);
/// "error", "warning", "info", "debug" or "trace"; false when the word is none of them.
[[nodiscard]] bool parse_log_level(std::string_view word, LogLevel& level);

/// Writes `level=… mod=… <fields>`; use the macros. Any thread; one write(2) per line, so lines never mix.
/// Under systemd (JOURNAL_STREAM set) the line starts with "<N>" so that journald knows the level.
void log_line(LogLevel level, const char* module, const char* format, ...) __attribute__((format(printf, 3, 4)));

/// Quotes a value for logfmt: control characters, quotes and backslashes from outside cannot forge a field or a line.
[[nodiscard]] std::string in_quotes(std::string_view value);

}  // namespace perch

/// Arguments are evaluated only when the level is on.
#define PERCH_LOG(level, module, ...)                                               \
  do {                                                                              \
    if (::perch::log_enabled(level)) ::perch::log_line(level, module, __VA_ARGS__); \
  } while (false)
#define PERCH_ERROR(module, ...) PERCH_LOG(::perch::LogLevel::kError, module, __VA_ARGS__)
#define PERCH_WARN(module, ...) PERCH_LOG(::perch::LogLevel::kWarning, module, __VA_ARGS__)
#define PERCH_INFO(module, ...) PERCH_LOG(::perch::LogLevel::kInfo, module, __VA_ARGS__)
#define PERCH_DEBUG(module, ...) PERCH_LOG(::perch::LogLevel::kDebug, module, __VA_ARGS__)
#define PERCH_TRACE(module, ...) PERCH_LOG(::perch::LogLevel::kTrace, module, __VA_ARGS__)
