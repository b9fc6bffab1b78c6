#include "hal/base/result.hpp"

#include <cerrno>
#include <system_error>

namespace perch {
namespace {

Errc code_of_errno(int os_error) {
  switch (os_error) {
    case EACCES:
    case EPERM: return Errc::kPermission;
    case EBUSY: return Errc::kBusy;
    case ENOENT:
    case ENODEV:
    case ENXIO: return Errc::kNotFound;
    case EAGAIN: return Errc::kUnavailable;
    default: return Errc::kIo;
  }
}

}  // namespace

std::string Error::message() const {
  if (os_error == 0) return context;
  return context + ": " + std::generic_category().message(os_error);
}

const char* to_string(Errc code) {
  switch (code) {
    case Errc::kInvalid: return "invalid";
    case Errc::kUnsupported: return "unsupported";
    case Errc::kNotFound: return "not_found";
    case Errc::kBusy: return "busy";
    case Errc::kPermission: return "permission";
    case Errc::kUnavailable: return "unavailable";
    case Errc::kClosed: return "closed";
    case Errc::kTooLarge: return "too_large";
    case Errc::kUnauthorized: return "unauthorized";
    case Errc::kIo: return "io";
    case Errc::kInternal: return "internal";
  }
  return "unknown";
}

tl::unexpected<Error> fail_errno(std::string context) {
  const int os_error = errno;
  return fail(code_of_errno(os_error), std::move(context), os_error);
}

}  // namespace perch
