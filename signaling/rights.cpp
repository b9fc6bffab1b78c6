// See rights.hpp.
#include "signaling/rights.hpp"

#include <algorithm>
#include <array>

namespace perch::signaling {
namespace {

struct RightName {
  const char* word;
  bool Rights::*member;
};
constexpr std::array<RightName, 4> kRights = {
    {{"watch", &Rights::watch}, {"listen", &Rights::listen}, {"talk", &Rights::talk}, {"control", &Rights::control}}};

}  // namespace

std::vector<std::string> words_of(const Rights& rights) {
  std::vector<std::string> words;
  for (const RightName& right : kRights)
    if (rights.*right.member) words.emplace_back(right.word);
  return words;
}

Result<Rights> rights_from(const std::vector<std::string_view>& words) {
  Rights rights;
  for (const std::string_view word : words) {
    const auto* known =
        std::find_if(kRights.begin(), kRights.end(), [&](const RightName& right) { return word == right.word; });
    if (known == kRights.end()) return fail(Errc::kInvalid, "rights are watch, listen, talk and control");
    rights.*known->member = true;
  }
  return rights;
}

}  // namespace perch::signaling
