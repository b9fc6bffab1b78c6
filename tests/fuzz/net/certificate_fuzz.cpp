// Any bytes as the certificate file on a card that somebody else has had: refused, or a pair that is complete.
#include <cstdlib>

#include "net/dtls_certificate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  SeededRandom random(1);
  const auto loaded =
      net::DtlsCertificate::from_pem(as_text({data, size}), random, std::chrono::seconds(1'700'000'000));
  if (!loaded) return 0;
  if (loaded->der().empty() || !loaded->to_pem()) std::abort();
  return 0;
}
