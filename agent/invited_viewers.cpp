// See invited_viewers.hpp.
#include "agent/invited_viewers.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>

#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "access";

/// Not IN_CREATE: what is still being written is read when it is complete.
constexpr unsigned kChanges =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// For others to give memory back.
constexpr Duration kPatience = milliseconds(250);

}  // namespace

InvitedViewers::InvitedViewers(EventLoop& loop, std::string folder, Callbacks callbacks)
    : loop_(loop),
      folder_(std::move(folder)),
      callbacks_(std::move(callbacks)),
      alarm_(loop, [this] { on_clock(); }),
      reload_later_(loop, [this] { reload(); }) {
  watch_folder();
  read_folder();
}

/// A revocation must not be lost to an exception.
template <class F>
void InvitedViewers::do_or_reload_later(F work) {
  reload_later_.set(monotonic_now() + kPatience);
  work();
  reload_later_.set(kNever);
}

void InvitedViewers::reload() {
  do_or_reload_later([this] {
    watch_folder();
    read_folder();
    callbacks_.on_changed();
  });
}

/// The folder may have been made, or made anew, since the last time.
void InvitedViewers::watch_folder() {
  folder_watch_.reset();
  inotify_ = UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify_ || ::inotify_add_watch(inotify_.get(), folder_.c_str(), kChanges) < 0) return;
  folder_watch_ = std::make_unique<IoWatch>(loop_, inotify_.get(), [this](unsigned) { on_folder_event(); });
}

void InvitedViewers::on_folder_event() {
  std::array<char, 4096> ignored{};  // which file it was does not matter
  while (::read(inotify_.get(), ignored.data(), ignored.size()) > 0) {
  }
  do_or_reload_later([this] {
    read_folder();
    callbacks_.on_changed();
  });
}

void InvitedViewers::read_folder() {
  ViewerFolder folder = read_viewer_folder(folder_);
  if (folder.problems != problems_)
    for (const std::string& problem : folder.problems) PERCH_WARN(kModule, "msg=%s", in_quotes(problem).c_str());
  problems_ = std::move(folder.problems);
  log_changes(folder.viewers);
  const UnixTime now = wall_clock_now();
  registry_.replace(std::move(folder.viewers), now, callbacks_.ending);
  alarm_.set(registry_.next_change(now));
}

void InvitedViewers::log_changes(const Invitations& next) const {
  for (const auto& [viewer, invitation] : registry_.invitations())
    if (!next.contains(viewer)) PERCH_INFO(kModule, "viewer=%s state=revoked", viewer.c_str());
  for (const auto& [viewer, invitation] : next)
    if (!registry_.invitations().contains(viewer)) PERCH_INFO(kModule, "viewer=%s state=invited", viewer.c_str());
}

void InvitedViewers::on_clock() {
  do_or_reload_later([this] {
    const UnixTime now = wall_clock_now();
    registry_.refresh(now, callbacks_.ending);
    alarm_.set(registry_.next_change(now));
    callbacks_.on_changed();
  });
}

}  // namespace perch::agent
