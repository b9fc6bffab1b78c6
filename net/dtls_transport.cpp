#include "net/dtls_transport.hpp"

#include <algorithm>
#include <deque>

#include "net/client_hello_assembler.hpp"
#include "net/dtls_native.hpp"
#include "net/dtls_records.hpp"

namespace perch::net {
namespace {

// RFC 6347 §4.2.4.1 starts at 1 s; media calls cannot wait that long for one lost datagram, and ICE has just shown that
// the path works, so start at 100 ms as browsers do (50 ms) and double up to 8 s.
constexpr std::uint32_t kFirstTimeout_ms = 100;
constexpr std::uint32_t kLastTimeout_ms = 8000;
constexpr std::uint16_t kMtu = 1200;  // the size WebRTC stacks trust every path with

constexpr const char* kExporterLabel = "EXTRACTOR-dtls_srtp";  // RFC 5764 §4.2

constexpr mbedtls_ssl_srtp_profile kProfiles[] = {MBEDTLS_TLS_SRTP_AES128_CM_HMAC_SHA1_80, MBEDTLS_TLS_SRTP_UNSET};

// AEAD with forward secrecy only (RFC 8827 §6.5). Peers' certificates are ECDSA by default, a few are RSA.
constexpr int kCipherSuites[] = {
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 0};

enum class State { kNew, kHandshaking, kConnected, kEnded };

}  // namespace

/// Lives on the heap because mbedTLS keeps pointers to it.
struct DtlsTransport::Native {
  Native(DtlsRole r, const DtlsCertificate& c, std::vector<Fingerprint> f, Random& rnd)
      : role(r), certificate(c), fingerprints(std::move(f)), random(rnd) {
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
  }
  ~Native() {
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&config);
    mbedtls_platform_zeroize(&secret, sizeof secret);
    mbedtls_platform_zeroize(parked.data(), parked.size());
  }
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;

  [[nodiscard]] Result<void> configure();
  [[nodiscard]] int open_context();
  void drive();
  void finish_handshake();
  void read_records();
  void park();
  [[nodiscard]] bool unpark();
  void fail_with(std::string reason);
  [[nodiscard]] bool admits(ByteView records);
  [[nodiscard]] bool derive(SrtpKeys& out) const;

  static int on_send(void* self, const unsigned char* data, std::size_t size);
  static int on_receive(void* self, unsigned char* out, std::size_t size);
  static void on_set_timer(void* self, std::uint32_t intermediate_ms, std::uint32_t final_ms);
  static int on_get_timer(void* self);
  static int on_verify(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags);

  DtlsRole role;
  const DtlsCertificate& certificate;
  std::vector<Fingerprint> fingerprints;
  Random& random;

  mbedtls_ssl_config config;
  mbedtls_ssl_context ssl;
  mbedtls_compat::ExportedSecret secret;
  ClientHelloAssembler hello;
  State state = State::kNew;
  bool hello_seen = false;
  bool verified = false;  // the leaf certificate matched a fingerprint
  Bytes parked;           // the connection in 1 kB instead of mbedTLS's 37 kB; empty while `ssl` is in use

  TimePoint now{};
  TimePoint intermediate_at = kNever;
  TimePoint final_at = kNever;
  bool timer_on = false;

  ByteView inbox;  // the datagram being delivered, borrowed for the call
  std::deque<Bytes> outbox;
  std::deque<Event> events;
};

int DtlsTransport::Native::on_send(void* self, const unsigned char* data, std::size_t size) {
  static_cast<Native*>(self)->outbox.emplace_back(data, data + size);
  return static_cast<int>(size);
}

int DtlsTransport::Native::on_receive(void* self, unsigned char* out, std::size_t size) {
  ByteView& inbox = static_cast<Native*>(self)->inbox;
  if (inbox.empty()) return MBEDTLS_ERR_SSL_WANT_READ;
  const std::size_t taken = std::min(size, inbox.size());  // never cut: `size` is at least 16 kB
  std::copy_n(inbox.begin(), taken, out);
  inbox = {};
  return static_cast<int>(taken);
}

void DtlsTransport::Native::on_set_timer(void* self, std::uint32_t intermediate_ms, std::uint32_t final_ms) {
  auto& n = *static_cast<Native*>(self);
  n.timer_on = final_ms != 0;  // zero cancels
  n.intermediate_at = n.now + milliseconds(intermediate_ms);
  n.final_at = n.now + milliseconds(final_ms);
}

/// -1 cancelled, 0 running, 1 intermediate passed, 2 final passed: mbedtls_ssl_get_timer_t.
int DtlsTransport::Native::on_get_timer(void* self) {
  const auto& n = *static_cast<Native*>(self);
  if (!n.timer_on) return -1;
  if (n.now >= n.final_at) return 2;
  return n.now >= n.intermediate_at ? 1 : 0;
}

/// RFC 8122 §6.2: the certificate must match the fingerprint in SDP; it is self-signed, so nothing else can vouch for
/// it.
int DtlsTransport::Native::on_verify(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
  auto& n = *static_cast<Native*>(self);
  *flags = 0;
  if (depth > 0) return 0;  // who signed the leaf does not matter
  const Fingerprint seen = fingerprint_of({certificate->raw.p, certificate->raw.len});
  n.verified = std::ranges::find(n.fingerprints, seen) != n.fingerprints.end();
  if (!n.verified) *flags = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
  return 0;
}

Result<void> DtlsTransport::Native::configure() {
  if (!mbedtls_compat::initialise()) return fail(Errc::kInternal, "mbedTLS does not start");
  const int endpoint = role == DtlsRole::kClient ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER;
  int error =
      mbedtls_ssl_config_defaults(&config, endpoint, MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT);
  if (error != 0) return fail_mbedtls(Errc::kInternal, "DTLS defaults", error);
  mbedtls_compat::only_tls12(config);
  mbedtls_ssl_conf_rng(&config, random_for_mbedtls, &random);
  mbedtls_ssl_conf_ciphersuites(&config, kCipherSuites);
  mbedtls_ssl_conf_renegotiation(&config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
  mbedtls_ssl_conf_handshake_timeout(&config, kFirstTimeout_ms, kLastTimeout_ms);
  mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_verify(&config, on_verify, this);
  auto& own = certificate.native();
  // REQUIRED insists on a chain to check against; ours stands in, on_verify decides.
  mbedtls_ssl_conf_ca_chain(&config, &own.certificate, nullptr);
  error = mbedtls_ssl_conf_own_cert(&config, &own.certificate, &own.key);
  if (error == 0) error = mbedtls_ssl_conf_dtls_srtp_protection_profiles(&config, kProfiles);
  if (role == DtlsRole::kServer) {
    // RFC 6347 §4.2.1 cookies guard against forged source addresses; ICE has verified the address already.
    mbedtls_ssl_conf_dtls_cookies(&config, nullptr, nullptr, nullptr);
    // Sends our own name in CertificateRequest otherwise, which costs bytes and tells nothing.
    mbedtls_ssl_conf_cert_req_ca_list(&config, MBEDTLS_SSL_CERT_REQ_CA_LIST_DISABLED);
  }
  if (error == 0) error = open_context();
  if (error != 0) return fail_mbedtls(Errc::kInternal, "DTLS set-up", error);
  return {};
}

/// `ssl` must be freshly initialised.
int DtlsTransport::Native::open_context() {
  int error = mbedtls_ssl_setup(&ssl, &config);
  if (error != 0) return error;
  mbedtls_compat::export_keys_to(config, ssl, secret);
  mbedtls_ssl_set_mtu(&ssl, kMtu);
  mbedtls_ssl_set_bio(&ssl, this, on_send, on_receive, nullptr);
  mbedtls_ssl_set_timer_cb(&ssl, this, on_set_timer, on_get_timer);
  // From 2.28.10 and 3.6.3 on a client must say that it means to check no host name.
  if (role == DtlsRole::kClient) error = mbedtls_ssl_set_hostname(&ssl, nullptr);
  return error;
}

void DtlsTransport::Native::fail_with(std::string reason) {
  state = State::kEnded;
  timer_on = false;
  mbedtls_ssl_free(&ssl);
  events.emplace_back(Failed{std::move(reason)});
}

/// One step of whatever is going on, with the datagram in `inbox` or because a timer ran out.
void DtlsTransport::Native::drive() {
  if (state == State::kConnected) return read_records();
  if (state != State::kHandshaking) return;
  const int result = mbedtls_ssl_handshake(&ssl);
  if (result == 0) return finish_handshake();
  if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE) return;
  const bool stranger = result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
  fail_with(stranger ? "the peer's certificate does not match its fingerprint" : "DTLS: " + mbedtls_text(result));
}

void DtlsTransport::Native::finish_handshake() {
  SrtpKeys keys;
  // A handshake without a certificate message would pass by on_verify.
  if (!verified) return fail_with("the peer showed no certificate");
  if (mbedtls_compat::chosen_srtp_profile(ssl) != kProfiles[0]) return fail_with("the peer does not speak DTLS-SRTP");
  if (!derive(keys)) return fail_with("no SRTP keys from the handshake");
  mbedtls_platform_zeroize(&secret, sizeof secret);
  state = State::kConnected;
  events.emplace_back(Connected{keys});
  park();
}

/// What anybody could have written must not end a connection, nor wake one up.
bool DtlsTransport::Native::admits(ByteView records) {
  if (!parked.empty()) return !is_plaintext(records);
  // mbedTLS gives up at once when the first thing it sees as a server is no ClientHello.
  if (role == DtlsRole::kServer && !hello_seen) hello_seen = is_client_hello(records);
  return role == DtlsRole::kClient || hello_seen;
}

/// RFC 5764 §4.2: client key, server key, client salt, server salt.
bool DtlsTransport::Native::derive(SrtpKeys& out) const {
  if (!secret.known) return false;
  std::array<unsigned char, 64> seed{};
  std::copy(secret.client_random.begin(), secret.client_random.end(), seed.begin());
  std::copy(secret.server_random.begin(), secret.server_random.end(), seed.begin() + 32);
  std::array<unsigned char, 60> block{};
  const int error = mbedtls_ssl_tls_prf(secret.prf, secret.master.data(), secret.master.size(), kExporterLabel,
                                        seed.data(), seed.size(), block.data(), block.size());
  if (error != 0) return false;
  SrtpMasterKey& client = role == DtlsRole::kClient ? out.local : out.remote;
  SrtpMasterKey& server = role == DtlsRole::kClient ? out.remote : out.local;
  std::copy_n(block.begin(), 16, client.key.begin());
  std::copy_n(block.begin() + 16, 16, server.key.begin());
  std::copy_n(block.begin() + 32, 14, client.salt.begin());
  std::copy_n(block.begin() + 46, 14, server.salt.begin());
  mbedtls_platform_zeroize(block.data(), block.size());
  return true;
}

/// mbedTLS holds two 16 kB buffers per context, and after the handshake only an alert may ever come: put it to sleep.
/// A server that may still have to repeat its last flight cannot be saved and stays awake.
void DtlsTransport::Native::park() {
  std::array<unsigned char, 4096> saved{};
  std::size_t size = 0;
  if (mbedtls_ssl_context_save(&ssl, saved.data(), saved.size(), &size) != 0) return;
  parked.assign(saved.begin(), saved.begin() + static_cast<std::ptrdiff_t>(size));
  mbedtls_platform_zeroize(saved.data(), saved.size());
  mbedtls_ssl_free(&ssl);
}

bool DtlsTransport::Native::unpark() {
  if (parked.empty()) return true;
  mbedtls_ssl_init(&ssl);
  int error = open_context();
  if (error == 0) error = mbedtls_ssl_context_load(&ssl, parked.data(), parked.size());
  mbedtls_platform_zeroize(parked.data(), parked.size());
  parked = {};
  if (error != 0) fail_with("DTLS: " + mbedtls_text(error));
  return error == 0;
}

/// No data is expected over DTLS (there is no data channel); what comes is read and dropped.
void DtlsTransport::Native::read_records() {
  if (!unpark()) return;
  std::array<unsigned char, 1500> ignored{};
  int result = 0;
  do {
    result = mbedtls_ssl_read(&ssl, ignored.data(), ignored.size());
  } while (result > 0);
  if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE) return park();
  state = State::kEnded;
  timer_on = false;
  mbedtls_ssl_free(&ssl);
  events.emplace_back(Closed{});  // close_notify, or an authenticated fatal alert
}

DtlsTransport::DtlsTransport(std::unique_ptr<Native> native) : native_(std::move(native)) {}
DtlsTransport::DtlsTransport(DtlsTransport&&) noexcept = default;
DtlsTransport& DtlsTransport::operator=(DtlsTransport&&) noexcept = default;
DtlsTransport::~DtlsTransport() = default;

Result<DtlsTransport> DtlsTransport::create(DtlsRole role, const DtlsCertificate& certificate,
                                            std::vector<Fingerprint> fingerprints, Random& random) {
  if (fingerprints.empty()) return fail(Errc::kInvalid, "no SHA-256 fingerprint of the peer");
  auto native = std::make_unique<Native>(role, certificate, std::move(fingerprints), random);
  const Result<void> configured = native->configure();
  if (!configured) return fail(configured.error());
  return DtlsTransport(std::move(native));
}

void DtlsTransport::start(TimePoint now) {
  if (native_->state != State::kNew) return;
  native_->now = now;
  native_->state = State::kHandshaking;
  native_->drive();
}

void DtlsTransport::on_datagram(TimePoint now, ByteView datagram) {
  Native& n = *native_;
  if (n.state == State::kNew && n.role == DtlsRole::kServer) n.state = State::kHandshaking;
  if (n.state == State::kNew || n.state == State::kEnded) return;
  n.now = now;
  const ByteView records = whole_records(datagram);
  if (records.empty() || !n.admits(records)) return;
  const std::optional<ByteView> whole = n.role == DtlsRole::kServer ? n.hello.on_datagram(records) : records;
  if (!whole) return;
  n.inbox = *whole;
  n.drive();
  n.inbox = {};
}

void DtlsTransport::on_deadline(TimePoint now) {
  if (now < deadline()) return;
  Native& n = *native_;
  n.now = now;
  n.drive();
  if (n.timer_on && n.final_at <= now) n.timer_on = false;  // a timer that was not renewed has done its work
}

TimePoint DtlsTransport::deadline() const { return native_->timer_on ? native_->final_at : kNever; }

std::optional<Bytes> DtlsTransport::next_datagram() {
  if (native_->outbox.empty()) return std::nullopt;
  Bytes out = std::move(native_->outbox.front());
  native_->outbox.pop_front();
  return out;
}

std::optional<DtlsTransport::Event> DtlsTransport::next_event() {
  if (native_->events.empty()) return std::nullopt;
  Event out = std::move(native_->events.front());
  native_->events.pop_front();
  return out;
}

void DtlsTransport::close(TimePoint now) {
  Native& n = *native_;
  n.now = now;
  if (n.state == State::kConnected && n.unpark()) mbedtls_ssl_close_notify(&n.ssl);
  if (n.state == State::kConnected) mbedtls_ssl_free(&n.ssl);
  n.state = State::kEnded;
  n.timer_on = false;
  n.events.clear();
}

}  // namespace perch::net
