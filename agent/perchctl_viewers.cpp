// See perchctl_viewers.hpp. The folder of invitations is what counts; a running perchd is told to look at it.
#include "agent/perchctl_viewers.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "agent/config_sources.hpp"
#include "agent/control_client.hpp"
#include "agent/invite_link.hpp"
#include "agent/perchctl_viewers_text.hpp"
#include "agent/qr_code.hpp"
#include "agent/viewer_commands.hpp"
#include "agent/viewer_folder.hpp"
#include "hal/base/log.hpp"
#include "hal/base/random.hpp"
#include "hal/base/text.hpp"
#include "signaling/json.hpp"
#include "signaling/topics.hpp"

namespace perch::agent {
namespace {

using signaling::JsonDocument;
using signaling::JsonView;

constexpr int kWrongWords = 2;
constexpr char kUsualRights[] = "watch,listen";
/// Before this nobody had Perch: a clock that stands there was never set.
constexpr UnixTime kNoEarlier = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

void remark(const std::string& words) { std::fprintf(stderr, "perchctl: %s\n", words.c_str()); }

int complain(const Error& error, int code = 1) {
  remark(error.message());
  return code;
}

/// What all of these commands work on.
struct Scene {
  Config config;
  const PerchctlCall& call;

  [[nodiscard]] const std::string& viewer() const { return call.operands.front(); }
  [[nodiscard]] const std::string& folder() const { return config.access.viewers_dir; }
  [[nodiscard]] std::string socket() const { return call.has("socket") ? call.value("socket") : config.control.socket; }
  [[nodiscard]] bool json() const { return call.has("json"); }
  [[nodiscard]] ViewerPlaces places() const { return {call.value("page"), call.value("broker")}; }
};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  const std::string host = name.data();
  return host.find('.') == std::string::npos ? host + ".local" : host;  // as mDNS announces it
}

/// Who is invited as `name`, from its file.
Result<Invitation> find_invitation(const Scene& scene, const std::string& name) {
  ViewerFolder folder = read_viewer_folder(scene.folder());
  const auto found = folder.viewers.find(name);
  if (found != folder.viewers.end()) return std::move(found->second);
  for (const std::string& problem : folder.problems)
    if (problem.find('/' + name + ".toml") != std::string::npos) return fail(Errc::kInvalid, problem);
  if (folder.unreadable) return fail(*folder.unreadable);
  std::vector<std::string_view> names;
  for (const auto& [known, invitation] : folder.viewers) names.push_back(known);
  const auto near = closest_word(name, names);
  return fail(Errc::kNotFound,
              "nobody is invited as " + in_quotes(name) +
                  (near ? ", did you mean " + in_quotes(*near) + "?" : "; perchctl viewers lists all"));
}

/// The files are changed; a daemon that runs shall know at once. That it does not run is worth a remark only, and
/// false.
bool tell_daemon(const Scene& scene, const std::string& viewer) {
  const auto answer = ask_daemon(scene.socket(), R"({"command":"reload_viewers"})");
  if (!answer && answer.error().code == Errc::kNotFound)
    return remark("perchd does not run just now and will know when it starts"), false;
  if (!answer) return remark(answer.error().message() + " (it looks at the folder by itself)"), false;
  const auto document = JsonDocument::parse(*answer);
  const auto problems = document ? document->root().member("problems") : std::nullopt;
  for (const JsonView& problem : problems ? problems->items() : std::vector<JsonView>{})
    if (const auto text = problem.as_text(); text && text->find('/' + viewer + ".toml") != std::string_view::npos)
      remark("perchd left it out: " + std::string(*text));
  return true;
}

/// Nothing where perchd cannot be asked, or where invitations do not decide about sessions.
std::optional<std::size_t> count_sessions(const Scene& scene) {
  if (scene.config.access.mode != "sealed") return std::nullopt;
  const auto answer = ask_daemon(scene.socket(), R"({"command":"viewers"})");
  return answer ? sessions_in(*answer, scene.viewer()) : std::nullopt;
}

void warn_of_mode(const Config& config) {
  if (config.access.mode != "sealed")
    remark("[access] mode is " + in_quotes(config.access.mode) + ": invitations count when it is \"sealed\"");
}

void warn_of_end(const Invitation& invitation) {
  if (standing_of(invitation, wall_clock_now()) == Standing::kExpired)
    remark("expired on " + to_text(*invitation.expires) + "; perchctl rights " + invitation.viewer +
           " --expires 30d renews it");
}

int print_link(const Scene& scene, const Invitation& invitation) {
  const auto places = viewer_places(scene.config, scene.places(), host_name());
  if (!places) return complain(places.error());
  const std::string link = invite_link(scene.config, *places, invitation);
  warn_of_end(invitation);
  if (scene.json()) {
    std::puts(link_as_json(invitation, link).c_str());
    return 0;
  }
  std::puts(link.c_str());
  if (::isatty(STDOUT_FILENO) != 0)
    if (const auto code = qr_code(link)) std::fputs(code->c_str(), stdout);
  const bool guessed = scene.places().page.empty() && scene.config.access.page_url.empty();
  if (guessed)
    remark("the page's address is a guess: [access] page_url and [broker] viewer_url, or --page and --broker, set it");
  remark("whoever has this link may do the same: hand it over where nobody else reads it");
  return 0;
}

/// What an invitation may give: other rights mean nothing to somebody who does not get in.
Result<signaling::Rights> wanted_rights(const std::string& words) {
  auto rights = parse_rights(words);
  if (rights && !rights->watch)
    return fail(Errc::kInvalid, in_quotes(words) +
                                    ": without the right to watch nobody gets in: add watch, or take "
                                    "the invitation away with perchctl revoke");
  return rights;
}

Result<std::optional<UnixTime>> wanted_end(const std::string& words, UnixTime now) {
  auto expires = parse_expiry(words, now);
  if (expires && *expires && now < kNoEarlier)
    return fail(Errc::kUnavailable, "the clock says " + to_text(now) + ": set it first, or leave out --expires");
  return expires;
}

Result<Invitation> new_invitation(const Scene& scene) {
  const std::string& name = scene.viewer();
  if (!signaling::is_id(name))
    return fail(Errc::kInvalid, in_quotes(name) + ": a name is 1 to 64 letters, digits, _ or -");
  const auto rights = wanted_rights(scene.call.has("rights") ? scene.call.value("rights") : kUsualRights);
  if (!rights) return fail(rights.error());
  const UnixTime now = wall_clock_now();
  const auto expires = wanted_end(scene.call.has("expires") ? scene.call.value("expires") : "never", now);
  if (!expires) return fail(expires.error());
  Invitation invitation{name, {}, *rights, now, *expires};
  SystemRandom().fill(invitation.key.bytes());
  return invitation;
}

int invite(const Scene& scene) {
  if (const auto good = check_places(scene.places()); !good) return complain(good.error(), kWrongWords);
  const auto places = viewer_places(scene.config, scene.places(), host_name());
  if (!places) return complain(places.error());  // before there is a file that nobody has a link to
  const auto invitation = new_invitation(scene);
  if (!invitation) return complain(invitation.error(), kWrongWords);
  if (auto made = make_viewer_folder(scene.folder(), scene.config.state.dir); !made) return complain(made.error());
  auto saved = save_invitation(scene.folder(), *invitation, false);
  if (!saved && saved.error().code == Errc::kBusy)
    saved.error().context += ": perchctl link " + invitation->viewer + " shows its link, perchctl revoke " +
                             invitation->viewer + " takes it away";
  if (!saved) return complain(saved.error());
  warn_of_mode(scene.config);
  tell_daemon(scene, invitation->viewer);
  return print_link(scene, *invitation);
}

int show_link(const Scene& scene) {
  if (const auto good = check_places(scene.places()); !good) return complain(good.error(), kWrongWords);
  const auto invitation = find_invitation(scene, scene.viewer());
  return invitation ? print_link(scene, *invitation) : complain(invitation.error());
}

int revoke(const Scene& scene) {
  const std::string& name = scene.viewer();
  if (!signaling::is_id(name))
    return complain({Errc::kInvalid, in_quotes(name) + " is no viewer's name", 0}, kWrongWords);
  auto sessions = count_sessions(scene);  // before a perchd that watches the folder ends them
  if (auto deleted = delete_invitation(scene.folder(), name); !deleted) {
    if (deleted.error().code != Errc::kNotFound) return complain(deleted.error());
    return complain(find_invitation(scene, name).error());  // says who there is
  }
  warn_of_mode(scene.config);
  if (!tell_daemon(scene, name)) sessions.reset();
  std::puts((scene.json() ? revoked_as_json(name, sessions) : revoked_sentence(name, sessions)).c_str());
  return 0;
}

/// What `perchctl rights` makes of an invitation. kInvalid: wrong words.
Result<void> change(Invitation& invitation, const PerchctlCall& call) {
  if (call.operands.size() > 1) {
    const auto rights = wanted_rights(call.operands[1]);
    if (!rights) return fail(rights.error());
    invitation.rights = *rights;
  }
  if (!call.has("expires")) return {};
  const auto expires = wanted_end(call.value("expires"), wall_clock_now());
  if (!expires) return fail(expires.error());
  invitation.expires = *expires;
  return {};
}

int change_rights(const Scene& scene) {
  if (scene.call.operands.size() == 1 && !scene.call.has("expires")) {
    std::fputs(perchctl_usage("rights").c_str(), stderr);
    return kWrongWords;
  }
  auto invitation = find_invitation(scene, scene.viewer());
  if (!invitation) return complain(invitation.error());
  const signaling::Rights before = invitation->rights;
  if (const auto changed = change(*invitation, scene.call); !changed) return complain(changed.error(), kWrongWords);
  auto sessions = before == invitation->rights ? std::nullopt : count_sessions(scene);
  if (auto saved = save_invitation(scene.folder(), *invitation, true); !saved) return complain(saved.error());
  warn_of_mode(scene.config);
  if (!tell_daemon(scene, invitation->viewer)) sessions.reset();
  warn_of_end(*invitation);
  std::puts((scene.json() ? rights_as_json(*invitation, sessions) : rights_sentence(*invitation, sessions)).c_str());
  return 0;
}

/// As perchd would answer, without one. Errors: nobody may look at its files either.
Result<std::string> answer_from_files(const Scene& scene) {
  ViewerFolder folder = read_viewer_folder(scene.folder());
  if (folder.unreadable) return fail(*folder.unreadable);
  ViewerRegistry registry;
  registry.replace(std::move(folder.viewers), wall_clock_now(), [](const std::string&, signaling::Reason) {});
  return write_viewers(registry, folder.problems, [](const std::string&) { return std::size_t{0}; });
}

int list(const Scene& scene) {
  const auto asked = ask_daemon(scene.socket(), R"({"command":"viewers"})");
  const auto answer = asked ? asked : answer_from_files(scene);
  if (!answer) return complain(asked.error().code == Errc::kPermission ? asked.error() : answer.error());
  if (!asked && !scene.json()) remark(asked.error().message() + "; this is what its files say");
  if (scene.json()) {
    std::puts(answer->c_str());
    return 0;
  }
  const auto table = viewers_table(*answer);
  if (!table) return complain(table.error());
  std::fputs(table->c_str(), stdout);
  return 0;
}

struct Command {
  std::string_view name;
  int (*run)(const Scene&);
};
constexpr std::array<Command, 5> kCommands = {
    {{"invite", invite}, {"link", show_link}, {"viewers", list}, {"rights", change_rights}, {"revoke", revoke}}};

const Command* find_command(std::string_view name) {
  const auto* found =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& one) { return name == one.name; });
  return found == kCommands.end() ? nullptr : found;
}

}  // namespace

bool is_viewer_command(std::string_view command) { return find_command(command) != nullptr; }

int run_viewer_command(const PerchctlCall& call) {
  ConfigFile file = load_configuration({call.value("config"), {}, {}});
  for (const std::string& error : file.errors) remark(error);
  if (!file.errors.empty()) return 1;
  return find_command(call.command)->run({std::move(file.config), call});
}

}  // namespace perch::agent
