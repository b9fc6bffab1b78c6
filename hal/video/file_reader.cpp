// See file_reader.hpp.
#include "hal/video/file_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace perch::video {
namespace {

tl::unexpected<Error> cannot_open(const std::string& path, int os_error) {
  const Errc code = os_error == ENOENT ? Errc::kNotFound : os_error == EACCES ? Errc::kPermission : Errc::kIo;
  return fail(code, "cannot read " + path, os_error);
}

}  // namespace

Result<FileReader> FileReader::open(const std::string& path) {
  // O_NONBLOCK: the name of a pipe must not hang us before we can refuse it.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return cannot_open(path, errno);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return cannot_open(path, errno);
  if (!S_ISREG(info.st_mode)) return fail(Errc::kUnsupported, path + " is not a regular file");
  return FileReader(std::move(fd), path);
}

Result<std::size_t> FileReader::read_at(std::uint64_t offset, ByteSpan out) const {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t n = pread(fd_.get(), out.data() + filled, out.size() - filled, static_cast<off_t>(offset + filled));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("cannot read " + path_);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  return filled;
}

}  // namespace perch::video
