// See viewer_folder.hpp.
#include "agent/viewer_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "hal/base/log.hpp"
#include "hal/base/unique_fd.hpp"
#include "signaling/topics.hpp"

namespace perch::agent {
namespace {

constexpr std::string_view kSuffix = ".toml";

struct DirCloser {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

/// Text that held a key.
class SecretText {
 public:
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  ~SecretText() { ::explicit_bzero(text_.data(), text_.size()); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  [[nodiscard]] std::string& text() { return text_; }

 private:
  std::string text_;
};

std::string path_of(const std::string& folder, const std::string& file) {
  std::string path = folder;
  return path.append("/").append(file);
}

UniqueFd open_folder(const std::string& folder) {
  return UniqueFd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool is_ours(const struct stat& info) { return info.st_uid == ::geteuid() || info.st_uid == 0; }

/// Root looks after the folder of perchd's user: what is that user's own is good there, too.
Result<void> check_file(const struct stat& info, const struct stat& folder) {
  if (!S_ISREG(info.st_mode)) return fail(Errc::kInvalid, "is no plain file");
  const bool of_the_folder = ::geteuid() == 0 && info.st_uid == folder.st_uid;
  if (!is_ours(info) && !of_the_folder)
    return fail(Errc::kPermission, "belongs to somebody else: chown it to the user of perchd");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Errc::kPermission, "can be read by others: chmod 600 it, or better, revoke and invite again");
  if (info.st_size > static_cast<off_t>(kMaxInvitationBytes)) return fail(Errc::kTooLarge, "is too large");
  return {};
}

Result<Invitation> read_invitation(int folder, const std::string& file) {
  // A symbolic link or a pipe under that name must neither lead elsewhere nor hold us up.
  const UniqueFd fd(::openat(folder, file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!fd && errno == ELOOP) return fail(Errc::kInvalid, "is no plain file");
  struct stat place {};
  if (!fd || ::fstat(fd.get(), &info) != 0 || ::fstat(folder, &place) != 0) return fail_errno("cannot be read");
  if (auto checked = check_file(info, place); !checked) return fail(std::move(checked.error()));
  SecretText secret(std::string(kMaxInvitationBytes, '\0'));
  const ssize_t size = ::read(fd.get(), secret.text().data(), secret.text().size());
  if (size < 0) return fail_errno("cannot be read");
  const std::string_view text(secret.text().data(), static_cast<std::size_t>(size));
  return parse_invitation(file.substr(0, file.size() - kSuffix.size()), text);
}

bool is_invitation_file(std::string_view name) { return name.ends_with(kSuffix) && !name.starts_with('.'); }

std::vector<std::string> files_of(const UniqueFd& folder) {
  std::vector<std::string> names;
  // fdopendir() takes what it is given.
  const std::unique_ptr<DIR, DirCloser> dir(::fdopendir(::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0)));
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir.get()))
    if (const char* name = static_cast<const char*>(entry->d_name); is_invitation_file(name)) names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> check_folder(const UniqueFd& fd, const std::string& folder) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail_errno("cannot read " + in_quotes(folder));
  if (!is_ours(info) && ::geteuid() != 0)
    return fail(Errc::kPermission, in_quotes(folder) + " belongs to somebody else: chown it to the user of perchd");
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail(Errc::kPermission, "others may write to " + in_quotes(folder) + ": chmod 700 it");
  return {};
}

Error not_allowed(const std::string& what) {
  if (errno == EACCES || errno == EPERM)
    return {Errc::kPermission, "not allowed to " + what + ": try with sudo, or as the user of perchd", 0};
  if (errno == EROFS) return {Errc::kPermission, "cannot " + what + ": the file system is read-only", 0};
  return fail_errno("cannot " + what).value();
}

/// All of `text` into a new file that belongs to the folder's owner, and onto the disk.
Result<void> write_file(int folder, const std::string& name, std::string_view text) {
  const UniqueFd fd(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  struct stat owner {};
  if (!fd || ::fstat(folder, &owner) != 0) return fail(not_allowed("write to the folder of viewers"));
  // Only root can give files away; anybody else who may write here is the owner.
  if (::geteuid() == 0 && ::fchown(fd.get(), owner.st_uid, owner.st_gid) != 0)
    return fail(not_allowed("hand the file to the user of perchd"));
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0)
    return fail_errno("cannot write the invitation");
  return {};
}

}  // namespace

ViewerFolder read_viewer_folder(const std::string& folder) {
  ViewerFolder out;
  const UniqueFd fd = open_folder(folder);
  if (!fd && errno == ENOENT) return out;
  const auto checked = fd ? check_folder(fd, folder) : Result<void>(fail(not_allowed("read " + in_quotes(folder))));
  if (!checked) {
    out.unreadable = checked.error();
    out.problems.push_back(checked.error().message());
    return out;
  }
  for (const std::string& file : files_of(fd)) {
    const std::string viewer = file.substr(0, file.size() - kSuffix.size());
    Result<Invitation> read = fail(Errc::kInvalid, "is not named after a viewer: letters, digits, _ and -");
    if (signaling::is_id(viewer)) read = read_invitation(fd.get(), file);
    if (read && out.viewers.size() == kMaxInvitations) read = fail(Errc::kTooLarge, "is one too many");
    if (read)
      out.viewers.emplace(viewer, std::move(*read));
    else
      out.problems.push_back(in_quotes(path_of(folder, file)) + ' ' + read.error().message());
  }
  return out;
}

Result<void> save_invitation(const std::string& folder, const Invitation& invitation, bool replace) {
  const UniqueFd fd = open_folder(folder);
  if (!fd) return fail(not_allowed("open " + in_quotes(folder)));
  const std::string name = invitation.viewer + std::string(kSuffix);
  const std::string fresh = '.' + name + '.' + std::to_string(::getpid());
  ::unlinkat(fd.get(), fresh.c_str(), 0);  // of one who died half way and had our process id
  SecretText secret(write_invitation(invitation));
  auto done = write_file(fd.get(), fresh, secret.text());
  if (done) {
    const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
    if (::renameat2(fd.get(), fresh.c_str(), fd.get(), name.c_str(), flags) == 0 && ::fsync(fd.get()) == 0) return {};
    done = errno == EEXIST ? Result<void>(fail(Errc::kBusy, invitation.viewer + " is invited already"))
                           : Result<void>(fail_errno("cannot write " + in_quotes(path_of(folder, name))));
  }
  ::unlinkat(fd.get(), fresh.c_str(), 0);
  return done;
}

Result<void> delete_invitation(const std::string& folder, const std::string& viewer) {
  const UniqueFd fd = open_folder(folder);
  const std::string name = viewer + std::string(kSuffix);
  if (fd && ::unlinkat(fd.get(), name.c_str(), 0) == 0 && ::fsync(fd.get()) == 0) return {};
  if (errno == ENOENT) return fail(Errc::kNotFound, "nobody is invited as " + in_quotes(viewer));
  return fail(not_allowed("delete " + in_quotes(path_of(folder, name))));
}

Result<void> make_viewer_folder(const std::string& folder, const std::string& state_dir) {
  if (::mkdir(folder.c_str(), 0700) != 0) {
    if (errno == EEXIST) return {};
    return fail(not_allowed("make " + in_quotes(folder)));
  }
  struct stat owner {};
  const bool known = ::geteuid() == 0 && ::stat(state_dir.c_str(), &owner) == 0;
  if (known && ::chown(folder.c_str(), owner.st_uid, owner.st_gid) != 0)
    return fail(not_allowed("hand " + in_quotes(folder) + " to the user of perchd"));
  return {};
}

}  // namespace perch::agent
