#include "tests/sim/test_certificates.hpp"

#include <map>

namespace perch::sim {

const net::DtlsCertificate& test_certificate(std::uint64_t seed) {
  static std::map<std::uint64_t, net::DtlsCertificate> made;
  const auto found = made.find(seed);
  if (found != made.end()) return found->second;
  SeededRandom random(seed);
  auto certificate = net::DtlsCertificate::generate(random, seconds(1'700'000'000));
  return made.emplace(seed, std::move(certificate).value()).first->second;
}

}  // namespace perch::sim
