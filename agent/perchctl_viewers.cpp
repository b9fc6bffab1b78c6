// See perchctl_viewers.hpp. The folder of invitations is what counts; a running perchd is told to look at it.
#include "agent/perchctl_viewers.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "agent/config_sources.hpp"
#include "agent/control_client.hpp"
#include "agent/qr_code.hpp"
#include "agent/viewer_commands.hpp"
#include "agent/viewer_folder.hpp"
#include "hal/base/log.hpp"
#include "hal/base/random.hpp"
#include "hal/base/text.hpp"
#include "signaling/json.hpp"
#include "signaling/json_writer.hpp"
#include "signaling/topics.hpp"

namespace perch::agent {
namespace {

using signaling::JsonDocument;
using signaling::JsonView;
using signaling::JsonWriter;

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
  ViewerWords words;

  [[nodiscard]] const std::string& folder() const { return config.access.viewers_dir; }
  [[nodiscard]] const std::string& socket() const {
    return words.socket.empty() ? config.control.socket : words.socket;
  }
};

Result<Scene> set_scene(ViewerWords words) {
  ConfigFile file = load_configuration({words.config_path, {}, {}});
  if (!file.errors.empty()) return fail(Errc::kInvalid, file.errors.front());
  return Scene{std::move(file.config), std::move(words)};
}

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
  if (!folder.problems.empty() && folder.viewers.empty()) return fail(Errc::kPermission, folder.problems.front());
  std::vector<std::string_view> names;
  for (const auto& [known, invitation] : folder.viewers) names.push_back(known);
  const auto near = closest_word(name, names);
  return fail(Errc::kNotFound,
              "nobody is invited as " + in_quotes(name) +
                  (near ? ", did you mean " + in_quotes(*near) + "?" : "; perchctl viewers lists all"));
}

/// The files are changed; a daemon that runs shall know at once. That it does not run is worth a remark only.
void tell_daemon(const Scene& scene, const std::string& viewer) {
  const auto answer = ask_daemon(scene.socket(), R"({"command":"reload_viewers"})");
  if (!answer && answer.error().code == Errc::kNotFound)
    return remark("perchd does not run just now and will know when it starts");
  if (!answer) return remark(answer.error().message() + " (it looks at the folder by itself)");
  const auto document = JsonDocument::parse(*answer);
  const auto problems = document ? document->root().member("problems") : std::nullopt;
  for (const JsonView& problem : problems ? problems->items() : std::vector<JsonView>{})
    if (const auto text = problem.as_text(); text && text->find('/' + viewer + ".toml") != std::string_view::npos)
      remark("perchd left it out: " + std::string(*text));
}

void warn_of_mode(const Config& config) {
  if (config.access.mode != "sealed")
    remark("[access] mode is " + in_quotes(config.access.mode) + ": invitations count when it is \"sealed\"");
}

std::string link_as_json(const Invitation& invitation, const std::string& link) {
  JsonWriter out;
  out.begin_object().member("name", invitation.viewer).member("link", link);
  out.member("rights", signaling::words_of(invitation.rights)).member("created", to_text(invitation.created));
  if (invitation.expires) out.member("expires", to_text(*invitation.expires));
  return out.end_object().take();
}

int print_link(const Scene& scene, const Invitation& invitation) {
  const auto places = viewer_places(scene.config, scene.words.places, host_name());
  if (!places) return complain(places.error());
  const std::string link = invite_link(scene.config, *places, invitation);
  if (scene.words.json) {
    std::puts(link_as_json(invitation, link).c_str());
    return 0;
  }
  std::puts(link.c_str());
  if (::isatty(STDOUT_FILENO) != 0)
    if (const auto code = qr_code(link)) std::fputs(code->c_str(), stdout);
  const bool guessed = scene.words.places.page.empty() && scene.config.access.page_url.empty();
  if (guessed)
    remark("the page's address is a guess: [access] page_url and [broker] viewer_url, or --page and --broker, set it");
  remark("whoever has this link may do the same: hand it over where nobody else reads it");
  return 0;
}

Result<Invitation> new_invitation(const ViewerWords& words) {
  const std::string& name = words.operands.front();
  if (!signaling::is_id(name))
    return fail(Errc::kInvalid, in_quotes(name) + ": a name is 1 to 64 letters, digits, _ or -");
  const auto rights = parse_rights(words.rights.empty() ? kUsualRights : words.rights);
  if (!rights) return fail(rights.error());
  if (!rights->watch) return fail(Errc::kInvalid, "without the right to watch nobody gets in: --rights watch,…");
  const UnixTime now = wall_clock_now();
  const auto expires = parse_expiry(words.expires.empty() ? "never" : words.expires, now);
  if (!expires) return fail(expires.error());
  if (*expires && now < kNoEarlier)
    return fail(Errc::kUnavailable, "the clock says " + to_text(now) + ": set it first, or leave out --expires");
  Invitation invitation{name, {}, *rights, now, *expires};
  SystemRandom().fill(invitation.key.bytes());
  return invitation;
}

int invite(const Scene& scene) {
  const auto places = viewer_places(scene.config, scene.words.places, host_name());
  if (!places) return complain(places.error());  // before there is a file that nobody has a link to
  const auto invitation = new_invitation(scene.words);
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
  const auto invitation = find_invitation(scene, scene.words.operands.front());
  return invitation ? print_link(scene, *invitation) : complain(invitation.error());
}

int revoke(const Scene& scene) {
  const std::string& name = scene.words.operands.front();
  if (!signaling::is_id(name))
    return complain({Errc::kInvalid, in_quotes(name) + " is no viewer's name", 0}, kWrongWords);
  if (auto deleted = delete_invitation(scene.folder(), name); !deleted) {
    if (deleted.error().code != Errc::kNotFound) return complain(deleted.error());
    return complain(find_invitation(scene, name).error());  // says who there is
  }
  tell_daemon(scene, name);
  return 0;
}

int change_rights(const Scene& scene) {
  auto invitation = find_invitation(scene, scene.words.operands.front());
  if (!invitation) return complain(invitation.error());
  const auto rights = parse_rights(scene.words.operands.at(1));
  if (!rights) return complain(rights.error(), kWrongWords);
  invitation->rights = *rights;
  if (!scene.words.expires.empty()) {
    const auto expires = parse_expiry(scene.words.expires, wall_clock_now());
    if (!expires) return complain(expires.error(), kWrongWords);
    invitation->expires = *expires;
  }
  if (auto saved = save_invitation(scene.folder(), *invitation, true); !saved) return complain(saved.error());
  tell_daemon(scene, invitation->viewer);
  return 0;
}

/// As perchd would answer, without one.
std::string answer_from_files(const Scene& scene) {
  ViewerFolder folder = read_viewer_folder(scene.folder());
  ViewerRegistry registry;
  registry.replace(std::move(folder.viewers), wall_clock_now(), [](const std::string&, signaling::Reason) {});
  return write_viewers(registry, folder.problems, [](const std::string&) { return std::size_t{0}; });
}

int list(const Scene& scene) {
  auto answer = ask_daemon(scene.socket(), R"({"command":"viewers"})");
  const std::string line = answer ? *answer : answer_from_files(scene);
  if (!answer && !scene.words.json) remark("perchd does not answer: this is what its files say");
  if (scene.words.json) {
    std::puts(line.c_str());
    return 0;
  }
  const auto table = viewers_table(line);
  if (!table) return complain(table.error());
  std::fputs(table->c_str(), stdout);
  return 0;
}

struct Command {
  const char* name;
  std::size_t operands;
  int (*run)(const Scene&);
};
constexpr std::array<Command, 5> kCommands = {{{"invite", 1, invite},
                                               {"link", 1, show_link},
                                               {"viewers", 0, list},
                                               {"rights", 2, change_rights},
                                               {"revoke", 1, revoke}}};

const Command* find_command(const std::string& name) {
  const auto* found =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& one) { return name == one.name; });
  return found == kCommands.end() ? nullptr : found;
}

std::string text_of(const JsonView& view, const char* name, const char* otherwise = "") {
  const auto member = view.member(name);
  return std::string(member ? member->as_text().value_or(otherwise) : otherwise);
}

std::string rights_of(const JsonView& viewer) {
  const auto rights = viewer.member("rights");
  std::string list;
  for (const JsonView& word : rights ? rights->items() : std::vector<JsonView>{})
    list += (list.empty() ? "" : ",") + std::string(word.as_text().value_or(""));
  return list;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::string row_of(const JsonView& viewer) {
  const auto sessions = viewer.member("sessions");
  const auto count = sessions ? sessions->as_unsigned(1'000'000).value_or(0) : 0;
  const std::string standing = text_of(viewer, "standing", "valid");
  const std::string now = standing != "valid" ? standing : count > 0 ? "watching" : "";
  return padded(text_of(viewer, "name"), 24) + padded(rights_of(viewer), 28) +
         padded(text_of(viewer, "expires", "never"), 22) + now + '\n';
}

}  // namespace

Result<ViewerWords> parse_viewer_words(const std::vector<std::string>& words) {
  ViewerWords out;
  const std::array<std::pair<const char*, std::string*>, 6> options = {{{"--config", &out.config_path},
                                                                        {"--socket", &out.socket},
                                                                        {"--rights", &out.rights},
                                                                        {"--expires", &out.expires},
                                                                        {"--page", &out.places.page},
                                                                        {"--broker", &out.places.broker}}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto* option =
        std::find_if(options.begin(), options.end(), [&](const auto& one) { return words[i] == one.first; });
    if (option != options.end()) {
      if (i + 1 == words.size()) return fail(Errc::kInvalid, words[i] + " needs a value");
      *option->second = words[++i];
    } else if (words[i] == "--json") {
      out.json = true;
    } else if (words[i].starts_with("-")) {
      return fail(Errc::kInvalid, "unknown option " + in_quotes(words[i]) + ", see --help");
    } else {
      out.operands.push_back(words[i]);
    }
  }
  return out;
}

Result<std::string> viewers_table(const std::string& answer) {
  const auto document = JsonDocument::parse(answer);
  if (!document) return fail(Errc::kInternal, "perchd's answer cannot be read");
  const JsonView root = document->root();
  const auto viewers = root.member("viewers");
  if (!viewers) return fail(Errc::kInvalid, text_of(root, "error", "perchd does not know who is invited"));
  std::string table;
  for (const JsonView& viewer : viewers->items()) table += row_of(viewer);
  if (table.empty())
    table = "Nobody is invited yet: perchctl invite NAME\n";
  else
    table = padded("viewer", 24) + padded("rights", 28) + padded("expires", 22) + "now\n" + table;
  const auto problems = root.member("problems");
  for (const JsonView& problem : problems ? problems->items() : std::vector<JsonView>{})
    table += "left out: " + std::string(problem.as_text().value_or("")) + '\n';
  return table;
}

const char* viewer_usage() {
  return "  perchctl invite NAME           lets somebody in: prints the link to hand over, and a QR code\n"
         "  perchctl link NAME             shows it again\n"
         "  perchctl viewers               who is invited, to what, until when, and who watches\n"
         "  perchctl rights NAME RIGHTS    changes what somebody may do; running sessions begin anew\n"
         "  perchctl revoke NAME           ends somebody's sessions and deletes the key\n";
}

const char* viewer_options() {
  return "  --rights RIGHTS  for invite: some of watch,listen,talk,control; default: watch,listen\n"
         "  --expires TIME   for invite and rights: 12h, 30d, 2w or never; default: never\n"
         "  --page URL       for invite and link: where the page is; default: [access] page_url\n"
         "  --broker URL     for invite and link: where browsers reach the broker; default: [broker] viewer_url\n"
         "  --config FILE    perchd's configuration; default: /etc/perch/perch.toml\n";
}

bool is_viewer_command(const std::string& command) { return find_command(command) != nullptr; }

int run_viewer_command(const std::string& command, const std::vector<std::string>& words) {
  const Command* known = find_command(command);
  auto parsed = parse_viewer_words(words);
  if (!parsed) return complain(parsed.error(), kWrongWords);
  if (known == nullptr || parsed->operands.size() != known->operands)
    return complain({Errc::kInvalid, "wrong number of words for " + command + ", see --help", 0}, kWrongWords);
  const auto scene = set_scene(std::move(*parsed));
  return scene ? known->run(*scene) : complain(scene.error());
}

}  // namespace perch::agent
