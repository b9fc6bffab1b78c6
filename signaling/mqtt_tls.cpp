#include "signaling/mqtt_tls.hpp"

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include "hal/base/log.hpp"

namespace perch::signaling {

struct TlsContext::State {
  std::string trouble;
  std::string psk_identity;
  std::string psk;  ///< its bytes
};

namespace {

std::string words_for(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "the broker's certificate has expired" + clock_words(std::time(nullptr));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the broker's certificate is not valid yet" + clock_words(std::time(nullptr));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      return "the broker's certificate is signed by nobody we trust: set [broker] ca_file";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return "the broker's certificate is for another host name than [broker] url";
    default: return std::string("the broker's certificate is refused: ") + X509_verify_cert_error_string(verdict);
  }
}

unsigned nibble(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10); }

/// Hexadecimal digits in pairs, as the configuration's check let them through.
std::string bytes_of(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(nibble(hex[i]) << 4 | nibble(hex[i + 1]));
  return bytes;
}

template <class State>
State& state_of(const SSL* ssl) {
  return *static_cast<State*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

/// What we say to bytes that are no TLS at all, RFC 8446 §6.2: here those of a broker's plain port.
bool is_gibberish(int alert) {
  return alert == SSL_AD_UNEXPECTED_MESSAGE || alert == SSL_AD_RECORD_OVERFLOW || alert == SSL_AD_DECODE_ERROR ||
         alert == SSL_AD_PROTOCOL_VERSION;
}

/// RFC 8446 §6.2: a fatal alert ends the handshake; ours follows from what we found out, theirs is all they say.
std::string words_for_alert(const SSL* ssl, bool ours, int alert) {
  constexpr int kCertificateRequired = 116;  // RFC 8446 §6.2; OpenSSL 3.0 has no word for it
  const std::string name =
      (alert & 0xff) == kCertificateRequired ? "it wants a certificate of ours" : SSL_alert_desc_string_long(alert);
  const char* hint =
      SSL_CTX_get_verify_mode(SSL_get_SSL_CTX(ssl)) == SSL_VERIFY_NONE ? ", is the shared key right?" : "";
  if (!ours) return "the broker refuses TLS with us: " + name + hint;
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) return words_for(verdict);
  return "TLS with the broker failed: " + name + (is_gibberish(alert & 0xff) ? ", is that its port for TLS?" : "");
}

template <class State>
void on_info(const SSL* ssl, int where, int alert) {
  const bool fatal = alert >> 8 == SSL3_AL_FATAL;
  if ((where & SSL_CB_ALERT) != 0 && fatal)
    state_of<State>(ssl).trouble = words_for_alert(ssl, (where & SSL_CB_WRITE) != 0, alert);
}

/// RFC 4279 §5.1.
template <class State>
unsigned give_psk(SSL* ssl, const char*, char* identity, unsigned identity_room, unsigned char* key,
                  unsigned key_room) {
  const State& state = state_of<State>(ssl);
  if (state.psk_identity.size() >= identity_room || state.psk.size() > key_room) return 0;
  std::memcpy(identity, state.psk_identity.c_str(), state.psk_identity.size() + 1);
  std::copy(state.psk.begin(), state.psk.end(), key);
  return static_cast<unsigned>(state.psk.size());
}

tl::unexpected<Error> cannot_use(const char* key, const std::string& path) {
  return fail(Errc::kInvalid, std::string("[broker] ") + key + ": cannot use " + in_quotes(path));
}

}  // namespace

std::string clock_words(std::time_t now) {
  constexpr std::time_t kThisProgram = 1'767'225'600;  // 2026-01-01: it did not exist before
  const char* words = now < kThisProgram ? ": our clock is wrong, it says %Y-%m-%d" : " (our clock says %Y-%m-%d)";
  std::tm parts{};
  std::array<char, 64> text{};
  ::gmtime_r(&now, &parts);
  std::strftime(text.data(), text.size(), words, &parts);
  return text.data();
}

void keep_tls_until_the_end() { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr); }

TlsContext::TlsContext(ssl_ctx_st* context) : context_(context), state_(std::make_unique<State>()) {
  SSL_CTX_set_app_data(context_, state_.get());
  SSL_CTX_set_info_callback(context_, on_info<State>);
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_mode(context_, SSL_MODE_AUTO_RETRY);
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

const std::string& TlsContext::trouble() const { return state_->trouble; }

void TlsContext::set_shared_key(const MqttTls& tls) {
  state_->psk_identity = tls.psk_identity;
  state_->psk = bytes_of(tls.psk_hex);
  SSL_CTX_set_psk_client_callback(context_, give_psk<State>);
  // Only a broker that knows the key gets through: certificates are no way around it.
  SSL_CTX_set_cipher_list(context_, "PSK");
  SSL_CTX_set_max_proto_version(context_, TLS1_2_VERSION);
}

Result<void> TlsContext::set_certificates(const MqttTls& tls, const std::string& host) {
  const bool trusts = tls.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context_) == 1
                                          : SSL_CTX_load_verify_locations(context_, tls.ca_file.c_str(), nullptr) == 1;
  if (!trusts) return cannot_use("ca_file", tls.ca_file);
  if (!tls.cert_file.empty() && SSL_CTX_use_certificate_chain_file(context_, tls.cert_file.c_str()) != 1)
    return cannot_use("cert_file", tls.cert_file);
  if (!tls.key_file.empty() && SSL_CTX_use_PrivateKey_file(context_, tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return cannot_use("key_file", tls.key_file);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM* check = SSL_CTX_get0_param(context_);
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(check, host.c_str()) == 1;
  if (!is_address && X509_VERIFY_PARAM_set1_host(check, host.c_str(), host.size()) != 1)
    return fail(Errc::kInvalid, "[broker] url: no host name that a certificate could have");
  return {};
}

Result<std::unique_ptr<TlsContext>> TlsContext::create(const MqttTls& tls, const std::string& host) {
  SSL_CTX* native = SSL_CTX_new(TLS_client_method());
  if (native == nullptr) return fail(Errc::kInternal, "no memory for TLS");
  std::unique_ptr<TlsContext> context(new TlsContext(native));
  if (!tls.psk_hex.empty()) {
    context->set_shared_key(tls);
    return context;
  }
  if (auto set = context->set_certificates(tls, host); !set) return fail(std::move(set.error()));
  return context;
}

}  // namespace perch::signaling
