#include "net/dtls_certificate.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "hal/base/private_file.hpp"
#include "net/dtls_native.hpp"

namespace perch::net {
namespace {

constexpr seconds kDay{86400};
constexpr auto kLifetime = 3653 * kDay;        // ten years
constexpr auto kRenewBefore = 30 * kDay;       // long before anybody could refuse it
constexpr const char* kName = "CN=perch";      // browsers show no name; the fingerprint is the identity
constexpr std::size_t kMaxCertificate = 1024;  // a P-256 one has about 300 bytes
constexpr std::size_t kMaxPem = 2048;

using std::chrono::floor;
using std::chrono::sys_days;

/// RFC 5280 §4.1.2.5 in the form mbedTLS takes, UTC. Calendars of <chrono>: time_t ends in 2038 on some boards.
std::array<char, 32> asn1_time(nanoseconds unix_time) {
  const std::chrono::sys_seconds time(std::max(seconds(0), floor<seconds>(unix_time)));
  const std::chrono::year_month_day date(floor<std::chrono::days>(time));
  const std::chrono::hh_mm_ss clock(time - sys_days(date));
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d%02u%02u%02d%02d%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out;
}

/// `unix_time` before the end of validity?
bool valid_at(const mbedtls_x509_crt& certificate, nanoseconds unix_time) {
  const mbedtls_x509_time& end = certificate.valid_to;
  const auto date = std::chrono::year(end.year) / end.mon / end.day;
  if (!date.ok()) return false;
  // In seconds: nanoseconds end in 2262, years in a certificate in 9999.
  const std::chrono::sys_seconds last = sys_days(date) + std::chrono::hours(end.hour);
  return last.time_since_epoch() > floor<seconds>(unix_time);
}

struct CertificateWriter {
  CertificateWriter() { mbedtls_x509write_crt_init(&native); }
  ~CertificateWriter() { mbedtls_x509write_crt_free(&native); }
  CertificateWriter(const CertificateWriter&) = delete;
  CertificateWriter& operator=(const CertificateWriter&) = delete;
  mbedtls_x509write_cert native;
};

int generate_key(mbedtls_pk_context& key, Random& random) {
  const int error = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
  if (error != 0) return error;
  // RFC 8827 §6.5: P-256 is the curve every WebRTC endpoint supports.
  return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), random_for_mbedtls, &random);
}

int describe(mbedtls_x509write_cert& out, mbedtls_pk_context& key, Random& random, nanoseconds unix_now) {
  mbedtls_x509write_crt_set_version(&out, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(&out, MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(&out, &key);
  mbedtls_x509write_crt_set_issuer_key(&out, &key);
  std::array<unsigned char, 16> serial{};
  random.fill(serial);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7F) | 0x40);  // RFC 5280 §4.1.2.2: positive, not zero
  int error = mbedtls_compat::set_serial(out, serial);
  const auto from = asn1_time(unix_now - kDay);
  const auto to = asn1_time(unix_now + kLifetime);
  if (error == 0) error = mbedtls_x509write_crt_set_validity(&out, from.data(), to.data());
  if (error == 0) error = mbedtls_x509write_crt_set_subject_name(&out, kName);
  if (error == 0) error = mbedtls_x509write_crt_set_issuer_name(&out, kName);
  return error;
}

/// Signs and reads back, so that what is kept is exactly what goes over the wire.
int self_sign(DtlsCertificate::Native& native, Random& random, nanoseconds unix_now) {
  CertificateWriter writer;
  const int error = describe(writer.native, native.key, random, unix_now);
  if (error != 0) return error;
  std::array<unsigned char, kMaxCertificate> der{};
  const int size = mbedtls_x509write_crt_der(&writer.native, der.data(), der.size(), random_for_mbedtls, &random);
  if (size < 0) return size;
  // mbedTLS writes DER from the end of the buffer backwards.
  return mbedtls_x509_crt_parse_der(&native.certificate, der.data() + der.size() - size,
                                    static_cast<std::size_t>(size));
}

}  // namespace

Fingerprint fingerprint_of(ByteView der) {
  Fingerprint out;
  mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), der.data(), der.size(), out.sha256.data());
  return out;
}

DtlsCertificate::DtlsCertificate() : native_(std::make_unique<Native>()) {}
DtlsCertificate::DtlsCertificate(DtlsCertificate&&) noexcept = default;
DtlsCertificate& DtlsCertificate::operator=(DtlsCertificate&&) noexcept = default;
DtlsCertificate::~DtlsCertificate() = default;

ByteView DtlsCertificate::der() const { return {native_->certificate.raw.p, native_->certificate.raw.len}; }

Result<DtlsCertificate> DtlsCertificate::generate(Random& random, nanoseconds unix_now) {
  if (!mbedtls_compat::initialise()) return fail(Errc::kInternal, "mbedTLS does not start");
  DtlsCertificate out;
  int error = generate_key(out.native_->key, random);
  if (error == 0) error = self_sign(*out.native_, random, unix_now);
  if (error != 0) return fail_mbedtls(Errc::kInternal, "making a certificate", error);
  out.fingerprint_ = fingerprint_of(out.der());
  return out;
}

Result<DtlsCertificate> DtlsCertificate::from_pem(std::string_view pem, Random& random, nanoseconds unix_now) {
  if (!mbedtls_compat::initialise()) return fail(Errc::kInternal, "mbedTLS does not start");
  std::string text(pem);  // mbedTLS counts the terminating zero in
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.c_str());
  DtlsCertificate out;
  Native& native = *out.native_;
  int error = mbedtls_compat::parse_key(native.key, bytes, text.size() + 1, random_for_mbedtls, &random);
  if (error != 0) return fail_mbedtls(Errc::kInvalid, "private key", error);  // no key in it: nothing to wipe
  error = mbedtls_x509_crt_parse(&native.certificate, bytes, text.size() + 1);
  wipe(text);
  if (error != 0) return fail(Errc::kInvalid, "certificate damaged");
  error = mbedtls_compat::check_pair(native.certificate.pk, native.key, random_for_mbedtls, &random);
  if (error != 0) return fail(Errc::kInvalid, "key and certificate do not belong together");
  if (!valid_at(native.certificate, unix_now + kRenewBefore)) return fail(Errc::kUnavailable, "certificate expires");
  out.fingerprint_ = fingerprint_of(out.der());
  return out;
}

Result<std::string> DtlsCertificate::to_pem() const {
  std::array<unsigned char, kMaxPem> key{};
  int error = mbedtls_pk_write_key_pem(&native_->key, key.data(), key.size());
  if (error != 0) return fail_mbedtls(Errc::kInternal, "writing the private key", error);
  std::string out(reinterpret_cast<const char*>(key.data()));
  mbedtls_platform_zeroize(key.data(), key.size());
  std::array<unsigned char, kMaxPem> certificate{};
  std::size_t used = 0;
  error = mbedtls_pem_write_buffer("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", der().data(),
                                   der().size(), certificate.data(), certificate.size(), &used);
  if (error != 0) return fail_mbedtls(Errc::kInternal, "writing the certificate", error);
  return out += reinterpret_cast<const char*>(certificate.data());
}

}  // namespace perch::net
