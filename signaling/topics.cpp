// Topic texts in and out; see topics.hpp.
#include "signaling/topics.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "hal/base/text.hpp"

namespace perch::signaling {
namespace {

struct KindName {
  Kind kind;
  const char* name;
};
constexpr std::array<KindName, 8> kKinds = {{{Kind::kOffer, "offer"},
                                             {Kind::kAnswer, "answer"},
                                             {Kind::kSolicit, "solicit"},
                                             {Kind::kCandidates, "candidates"},
                                             {Kind::kBye, "bye"},
                                             {Kind::kError, "error"},
                                             {Kind::kControl, "control"},
                                             {Kind::kNotice, "notice"}}};

bool is_id_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool has_only_id_letters(std::string_view text) { return std::all_of(text.begin(), text.end(), is_id_letter); }

}  // namespace

const char* to_string(Kind kind) {
  const auto* row = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindName& k) { return k.kind == kind; });
  return row->name;
}

std::optional<Kind> kind_from(std::string_view word) {
  const auto* row = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindName& k) { return word == k.name; });
  if (row == kKinds.end()) return std::nullopt;
  return row->kind;
}

bool is_id(std::string_view text) { return !text.empty() && text.size() <= 64 && has_only_id_letters(text); }

bool is_session_id(std::string_view text) { return text.size() == 22 && has_only_id_letters(text); }

bool is_prefix(std::string_view text) {
  constexpr std::string_view kForbidden("+#\0", 3);
  if (text.size() > 200 || text.find_first_of(kForbidden) != std::string_view::npos) return false;
  const std::vector<std::string_view> levels = split(text, '/');
  return std::none_of(levels.begin(), levels.end(), [](std::string_view level) { return level.empty(); });
}

std::string message_path(std::string_view camera, std::string_view way, const SessionKey& key, std::string_view kind) {
  std::string path;
  for (const std::string_view level : {camera, way, std::string_view(key.viewer), std::string_view(key.session)}) {
    path.append(level).append("/");
  }
  return path.append(kind);
}

std::string TopicTree::to_viewer(const SessionKey& to, Kind kind) const {
  return root_ + "/to/" + to.viewer + '/' + to.session + '/' + to_string(kind);
}

std::optional<InboxTopic> TopicTree::parse_inbox(std::string_view topic) const {
  const std::string inbox = root_ + "/in/";
  if (!topic.starts_with(inbox)) return std::nullopt;
  const std::vector<std::string_view> levels = split(topic.substr(inbox.size()), '/');
  if (levels.size() != 3 || !is_id(levels[0])) return std::nullopt;
  return InboxTopic{levels[0], levels[1], levels[2]};
}

}  // namespace perch::signaling
