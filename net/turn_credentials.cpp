#include "net/turn_credentials.hpp"

#include <array>

#include "hal/base/bytes.hpp"
#include "net/mbedtls_compat.hpp"

namespace perch::net {
namespace {

using Sha1 = std::array<unsigned char, 20>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// RFC 4648 §4, of one SHA-1.
Result<std::string> base64(const Sha1& digest) {
  std::array<unsigned char, 4 * ((std::tuple_size_v<Sha1> + 2) / 3) + 1> text{};
  std::size_t size = 0;
  if (mbedtls_base64_encode(text.data(), text.size(), &size, digest.data(), digest.size()) != 0)
    return fail(Errc::kInternal, "base64 does not fit");
  return std::string(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

Result<TurnCredentials> time_limited_credentials(std::string_view secret, std::string_view name,
                                                 nanoseconds unix_expiry) {
  TurnCredentials made;
  made.username = std::to_string(std::chrono::duration_cast<seconds>(unix_expiry).count()) + ':' + std::string(name);
  Sha1 digest{};
  const mbedtls_md_info_t* sha1 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);
  if (sha1 == nullptr || mbedtls_md_hmac(sha1, bytes_of(secret), secret.size(), bytes_of(made.username),
                                         made.username.size(), digest.data()) != 0)
    return fail(Errc::kInternal, "no HMAC-SHA1 for TURN credentials");
  auto password = base64(digest);
  if (!password) return fail(std::move(password.error()));
  made.password = std::move(*password);
  return made;
}

Result<IceServer> with_credentials(IceServer server, std::string_view secret, std::string_view name,
                                   nanoseconds unix_now) {
  if (!server.lacks_credentials()) return server;
  if (secret.empty()) return fail(Errc::kInvalid, "ICE server " + uri_of(server) + " lacks credentials");
  auto made = time_limited_credentials(secret, name, unix_now + kTurnCredentialLife);
  if (!made) return fail(std::move(made.error()));
  server.username = std::move(made->username);
  server.credential = std::move(made->password);
  return server;
}

}  // namespace perch::net
