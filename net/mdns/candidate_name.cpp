#include "net/mdns/candidate_name.hpp"

#include "hal/base/text.hpp"

namespace perch::net::mdns {
namespace {

// candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ …
constexpr std::size_t kTransport = 2;
constexpr std::size_t kAddress = 4;

bool is_udp(std::string_view text) {
  return text.size() == 3 && (text[0] | 0x20) == 'u' && (text[1] | 0x20) == 'd' && (text[2] | 0x20) == 'p';
}

}  // namespace

std::optional<std::string_view> name_in_candidate(std::string_view candidate) {
  const auto fields = split(candidate, ' ');
  if (fields.size() <= kAddress || !is_udp(fields[kTransport]) || !fields[kAddress].ends_with(".local"))
    return std::nullopt;
  return fields[kAddress];
}

std::string with_address(std::string_view candidate, std::string_view address) {
  const auto name = name_in_candidate(candidate);
  if (!name) return std::string(candidate);
  const auto at = static_cast<std::size_t>(name->data() - candidate.data());
  return std::string(candidate.substr(0, at)).append(address).append(candidate.substr(at + name->size()));
}

}  // namespace perch::net::mdns
