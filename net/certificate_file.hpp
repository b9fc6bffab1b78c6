// Keeps the DTLS certificate in the state folder, so that a camera has the same identity after a restart.
#pragma once

#include <string>

#include "net/dtls_certificate.hpp"

namespace perch::net {

inline constexpr const char* kCertificateFileName = "dtls.pem";

/// Loads `directory`/dtls.pem, or makes a new certificate and stores it there (mode 0600, replaced atomically). A
/// damaged or soon expiring file is replaced with a log line. An error of the file system (no folder, no permission)
/// is returned; nothing is kept in memory only, because viewers may have pinned the identity. Does I/O; at start.
[[nodiscard]] Result<DtlsCertificate> load_or_create_certificate(const std::string& directory, Random& random,
                                                                 nanoseconds unix_now);

}  // namespace perch::net
