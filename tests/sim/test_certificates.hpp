// Certificates for tests: made once per process, because making keys is the slow part.
#pragma once

#include <cstdint>

#include "net/dtls_certificate.hpp"

namespace perch::sim {

/// The same certificate for the same seed, for the life of the process. Single thread.
[[nodiscard]] const net::DtlsCertificate& test_certificate(std::uint64_t seed);

}  // namespace perch::sim
