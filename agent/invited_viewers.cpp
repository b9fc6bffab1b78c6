// See invited_viewers.hpp.
#include "agent/invited_viewers.hpp"

#include "agent/access_log.hpp"
#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "access";

/// For others to give memory back.
constexpr Duration kPatience = milliseconds(250);

}  // namespace

InvitedViewers::InvitedViewers(EventLoop& loop, std::string folder, Callbacks callbacks)
    : folder_(std::move(folder)),
      callbacks_(std::move(callbacks)),
      alarm_(loop, [this] { on_clock(); }),
      reload_later_(loop, [this] { reload(); }),
      watch_(loop, folder_, [this] { reload(); }) {
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
    watch_.renew();
    read_folder();
    callbacks_.on_changed();
  });
}

void InvitedViewers::read_folder() {
  ViewerFolder folder = read_viewer_folder(folder_);
  if (folder.problems != problems_)
    for (const std::string& problem : folder.problems) PERCH_WARN(kModule, "msg=%s", in_quotes(problem).c_str());
  problems_ = std::move(folder.problems);
  for (const std::string& event : access_events(registry_.invitations(), folder.viewers))
    PERCH_INFO(kModule, "%s", event.c_str());
  const UnixTime now = wall_clock_now();
  registry_.replace(std::move(folder.viewers), now, callbacks_.ending);
  alarm_.set(registry_.next_change(now));
}

void InvitedViewers::on_clock() {
  do_or_reload_later([this] {
    const UnixTime now = wall_clock_now();
    registry_.refresh(now, [this](const std::string& viewer, signaling::Reason reason) {
      PERCH_INFO(kModule, "viewer=%s state=expired", viewer.c_str());
      callbacks_.ending(viewer, reason);
    });
    alarm_.set(registry_.next_change(now));
    callbacks_.on_changed();
  });
}

}  // namespace perch::agent
