#include "hal/base/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "hal/base/log.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch {
namespace {

/// systemd hands credentials over in a folder that only the service may enter; where it grants the right to read by an
/// ACL, the group's bit shows the ACL's mask (systemd.exec(5), "LoadCredential=").
mode_t forbidden_bits(const std::string& path) {
  const char* folder = ::secure_getenv("CREDENTIALS_DIRECTORY");
  const bool credential = folder != nullptr && *folder != '\0' && path.starts_with(std::string(folder) + '/');
  return credential ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
}

/// About the opened file, not the name, which may lead elsewhere by now.
Result<void> check_private(int fd, const std::string& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return fail_errno("cannot read the secret file " + in_quotes(path));
  if (!S_ISREG(info.st_mode)) return fail(Errc::kInvalid, in_quotes(path) + " is no regular file");
  if (info.st_uid != 0 && info.st_uid != ::geteuid())
    return fail(Errc::kInvalid, "the secret file " + in_quotes(path) + " belongs to another user: chown it");
  if ((info.st_mode & forbidden_bits(path)) != 0)
    return fail(Errc::kInvalid, "others can read the secret file " + in_quotes(path) + ": chmod 600 it");
  return {};
}

}  // namespace

Result<std::string> read_private_file(const std::string& path, std::size_t max_size) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return fail_errno("cannot read the secret file " + in_quotes(path));
  if (auto checked = check_private(fd.get(), path); !checked) return fail(std::move(checked.error()));
  std::string text(max_size + 1, '\0');  // once, so that growing leaves no copies behind
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("cannot read the secret file " + in_quotes(path));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > max_size) {
    wipe(text);
    return fail(Errc::kInvalid, "the secret file " + in_quotes(path) + " is larger than any secret");
  }
  text.resize(size);
  return text;
}

void wipe(void* memory, std::size_t size) { ::explicit_bzero(memory, size); }

void wipe(std::string& text) {
  wipe(text.data(), text.size());
  text.clear();
}

}  // namespace perch
