// See perchctl_viewers_text.hpp.
#include "agent/perchctl_viewers_text.hpp"

#include <algorithm>

#include "agent/json_fields.hpp"
#include "signaling/json_writer.hpp"

namespace perch::agent {
namespace {

using signaling::JsonDocument;
using signaling::JsonView;
using signaling::JsonWriter;

std::vector<JsonView> items_of(const JsonView& view, const char* name) {
  const auto member = view.member(name);
  return member ? member->items() : std::vector<JsonView>{};
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : between) + word;
  return list;
}

std::string rights_of(const JsonView& viewer) {
  std::vector<std::string> words;
  for (const JsonView& word : items_of(viewer, "rights")) words.emplace_back(word.as_text().value_or(""));
  return joined(words, ",");
}

std::size_t count_of(const JsonView& viewer) {
  const auto sessions = viewer.member("sessions");
  return static_cast<std::size_t>(sessions ? sessions->as_unsigned(1'000'000).value_or(0) : 0);
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::string or_else(const std::string& text, const char* otherwise) { return text.empty() ? otherwise : text; }

std::string row_of(const JsonView& viewer) {
  const std::string standing = or_else(text_of(viewer, "standing"), "valid");
  const std::string now = standing != "valid" ? standing : count_of(viewer) > 0 ? "watching" : "";
  return padded(text_of(viewer, "name"), 24) + padded(rights_of(viewer), 28) +
         padded(or_else(text_of(viewer, "expires"), "never"), 22) + now + '\n';
}

std::string number_of_sessions(std::size_t count, const char* one_does, const char* many_do) {
  if (count == 1) return std::string("1 session ") + one_does;
  return std::to_string(count) + " sessions " + many_do;
}

JsonWriter& write_terms(JsonWriter& out, const Invitation& invitation) {
  out.member("rights", signaling::words_of(invitation.rights)).member("created", to_text(invitation.created));
  if (invitation.expires) out.member("expires", to_text(*invitation.expires));
  return out;
}

std::string finished(JsonWriter& out, std::optional<std::size_t> sessions) {
  if (sessions) out.member("sessions_ended", static_cast<std::uint64_t>(*sessions));
  return out.end_object().take();
}

}  // namespace

Result<std::string> viewers_table(const std::string& answer) {
  const auto document = JsonDocument::parse(answer);
  if (!document) return fail(Errc::kInternal, "perchd's answer cannot be read");
  const JsonView root = document->root();
  if (!root.member("viewers"))
    return fail(Errc::kInvalid, or_else(text_of(root, "error"), "perchd does not know who is invited"));
  std::string table;
  for (const JsonView& viewer : items_of(root, "viewers")) table += row_of(viewer);
  const auto problems = items_of(root, "problems");
  if (!table.empty())
    table = padded("viewer", 24) + padded("rights", 28) + padded("expires", 22) + "now\n" + table;
  else
    table = problems.empty() ? "Nobody is invited yet: perchctl invite NAME\n" : "Nobody gets in just now\n";
  for (const JsonView& problem : problems) table += "left out: " + std::string(problem.as_text().value_or("")) + '\n';
  return table;
}

std::optional<std::size_t> sessions_in(const std::string& answer, const std::string& viewer) {
  const auto document = JsonDocument::parse(answer);
  if (!document) return std::nullopt;
  for (const JsonView& one : items_of(document->root(), "viewers"))
    if (text_of(one, "name") == viewer) return count_of(one);
  return std::nullopt;
}

std::string rights_sentence(const Invitation& invitation, std::optional<std::size_t> sessions) {
  std::string text = invitation.viewer + " may " + joined(signaling::words_of(invitation.rights), ", ");
  text += " until " + (invitation.expires ? to_text(*invitation.expires) : "revoked");
  return sessions.value_or(0) == 0 ? text : text + "; " + number_of_sessions(*sessions, "begins anew", "begin anew");
}

std::string revoked_sentence(const std::string& viewer, std::optional<std::size_t> sessions) {
  std::string text = viewer + " is revoked";
  if (!sessions) return text;
  return text + "; " + (*sessions == 0 ? "no session was open" : number_of_sessions(*sessions, "ended", "ended"));
}

std::string link_as_json(const Invitation& invitation, const std::string& link) {
  JsonWriter out;
  out.begin_object().member("ok", true).member("name", invitation.viewer).member("link", link);
  return write_terms(out, invitation).end_object().take();
}

std::string rights_as_json(const Invitation& invitation, std::optional<std::size_t> sessions) {
  JsonWriter out;
  out.begin_object().member("ok", true).member("name", invitation.viewer);
  return finished(write_terms(out, invitation), sessions);
}

std::string revoked_as_json(const std::string& viewer, std::optional<std::size_t> sessions) {
  JsonWriter out;
  out.begin_object().member("ok", true).member("name", viewer).member("revoked", true);
  return finished(out, sessions);
}

}  // namespace perch::agent
