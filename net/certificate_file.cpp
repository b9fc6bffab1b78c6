#include "net/certificate_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "hal/base/log.hpp"
#include "hal/base/private_file.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::net {
namespace {

constexpr std::size_t kMaxFile = 16 * 1024;  // ours has about 1 kB; more is not ours

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return ::fsync(fd) == 0;
}

/// After a crash there is either the old file or the whole new one.
Result<void> replace_file(const std::string& directory, const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return fail_errno("creating " + temporary);
  if (!write_all(fd.get(), text)) return fail_errno("writing " + temporary);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail_errno("replacing " + path);
  const UniqueFd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.get());  // best effort: some file systems refuse it on folders
  return {};
}

void warn_replaced(const std::string& path, const Error& why) {
  PERCH_WARN("net", "msg=\"certificate replaced\" file=%s why=%s", in_quotes(path).c_str(),
             in_quotes(why.message()).c_str());
}

}  // namespace

Result<DtlsCertificate> load_or_create_certificate(const std::string& directory, Random& random, nanoseconds unix_now) {
  const std::string path = directory + "/" + kCertificateFileName;
  Result<std::string> stored = read_private_file(path, kMaxFile);  // what others could read is kInvalid
  if (!stored && stored.error().code != Errc::kNotFound && stored.error().code != Errc::kInvalid) {
    return fail(stored.error());
  }
  if (stored) {
    Result<DtlsCertificate> loaded = DtlsCertificate::from_pem(*stored, random, unix_now);
    wipe(*stored);
    if (loaded) return loaded;
    warn_replaced(path, loaded.error());
  } else if (stored.error().code == Errc::kInvalid) {
    warn_replaced(path, stored.error());
  }
  Result<DtlsCertificate> made = DtlsCertificate::generate(random, unix_now);
  if (!made) return made;
  Result<std::string> pem = made->to_pem();
  if (!pem) return fail(pem.error());
  const Result<void> written = replace_file(directory, path, *pem);
  wipe(*pem);
  if (!written) return fail(written.error());
  return made;
}

}  // namespace perch::net
