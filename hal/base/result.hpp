// Errors as values: Result<T> is the return type of everything that can fail.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace perch {

/// What kind of failure, for code that decides; `Error::context` is for the person who reads.
enum class Errc {
  kInvalid,       ///< input that breaks a rule (malformed bytes, bad configuration)
  kUnsupported,   ///< well formed, but not something we do
  kNotFound,      ///< the named thing does not exist
  kBusy,          ///< exists but somebody else has it
  kPermission,    ///< exists but we may not
  kUnavailable,   ///< cannot be had right now; trying again later may help
  kClosed,        ///< the other side ended it
  kTooLarge,      ///< over a limit
  kUnauthorized,  ///< did not authenticate
  kIo,            ///< the system said no: see `os_error`
  kInternal,      ///< our own bug or a library's refusal
};

/// A failure. `context` is one sentence without a full stop that says what was tried and, where known, the way out.
struct Error {
  Errc code = Errc::kInternal;
  std::string context;
  int os_error = 0;  ///< errno at the time, 0 when none

  /// context, followed by strerror(os_error) when there is one.
  [[nodiscard]] std::string message() const;
};

/// One alias so that a later switch to std::expected is one line.
template <class T>
using Result = tl::expected<T, Error>;

/// Name of the code as it is logged, e.g. "busy".
[[nodiscard]] const char* to_string(Errc code);

/// Builds the error side of a Result: `return fail(Errc::kInvalid, "port 0")`.
[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string context, int os_error = 0) {
  return tl::unexpected<Error>(Error{code, std::move(context), os_error});
}

/// Passes an inner failure on.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// Error of the system call that just failed: takes errno.
[[nodiscard]] tl::unexpected<Error> fail_errno(std::string context);

}  // namespace perch
