#include "bench/receiver/invitations.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "hal/base/text.hpp"
#include "signaling/topics.hpp"

namespace perch::bench {

/// PROTOCOL.md "Access": `https://HOST/PAGE#broker=…&viewer=NAME&key=K`. Names and keys hold nothing to be escaped.
std::optional<Invitation> parse_invitation(std::string_view link) {
  const std::size_t fragment = link.find('#');
  if (fragment == std::string_view::npos) return std::nullopt;
  std::string_view viewer, key;
  for (const std::string_view field : split(link.substr(fragment + 1), '&')) {
    if (field.starts_with("viewer=")) viewer = field.substr(7);
    if (field.starts_with("key=")) key = field.substr(4);
  }
  auto secret = signaling::SecretKey::from_text(key);
  if (!signaling::is_id(viewer) || !secret) return std::nullopt;
  return Invitation{std::string(viewer), std::move(*secret)};
}

Result<std::vector<Invitation>> read_invitations(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail_errno("cannot read " + path);
  std::vector<Invitation> all;
  for (std::string line; std::getline(file, line);) {
    auto one = parse_invitation(line);
    if (!one) return fail(Errc::kInvalid, path + ": line " + std::to_string(all.size() + 1) + " is no invitation");
    all.push_back(std::move(*one));
  }
  if (all.empty()) return fail(Errc::kInvalid, path + " holds no invitation");
  return all;
}

std::vector<Invitation> invitations_or_exit(const std::string& path) {
  auto all = read_invitations(path);
  if (all) return std::move(*all);
  std::fprintf(stderr, "%s\n", all.error().message().c_str());
  std::exit(2);
}

}  // namespace perch::bench
