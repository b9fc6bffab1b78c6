// The differences between mbedTLS 2.28 (Debian 12) and 3.6 (Debian 13) behind names of our own; only net/dtls_*.cpp
// and net/turn_*.cpp may include this.
#pragma once

#include <mbedtls/base64.h>
#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#else
#include <mbedtls/bignum.h>
#endif

// 3.x marks struct members private with this macro; in 2.28 they are plain.
#ifndef MBEDTLS_PRIVATE
#define MBEDTLS_PRIVATE(member) member
#endif

namespace perch::net::mbedtls_compat {

/// The random source as mbedTLS calls it.
using RandomFunction = int (*)(void* context, unsigned char* out, std::size_t size);

/// What a TLS 1.2 exporter (RFC 5705) needs from the handshake.
struct ExportedSecret {
  std::array<unsigned char, 48> master{};
  std::array<unsigned char, 32> client_random{};
  std::array<unsigned char, 32> server_random{};
  mbedtls_tls_prf_types prf = MBEDTLS_SSL_TLS_PRF_NONE;
  bool known = false;
};

inline void store_secret(ExportedSecret& out, const unsigned char* master, const unsigned char* client_random,
                         const unsigned char* server_random, mbedtls_tls_prf_types prf) {
  std::copy_n(master, out.master.size(), out.master.begin());
  std::copy_n(client_random, out.client_random.size(), out.client_random.begin());
  std::copy_n(server_random, out.server_random.size(), out.server_random.begin());
  out.prf = prf;
  out.known = true;
}

#if MBEDTLS_VERSION_MAJOR >= 3

/// 3.6 wants PSA up before the first handshake of a build that knows TLS 1.3, even where 1.2 is negotiated.
inline bool initialise() { return psa_crypto_init() == PSA_SUCCESS; }

inline void on_export(void* context, mbedtls_ssl_key_export_type type, const unsigned char* secret, std::size_t size,
                      const unsigned char client_random[32], const unsigned char server_random[32],
                      mbedtls_tls_prf_types prf) {
  auto& out = *static_cast<ExportedSecret*>(context);
  if (type != MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET || size != out.master.size()) return;
  store_secret(out, secret, client_random, server_random, prf);
}

/// Call after mbedtls_ssl_setup(). `out` must outlive the handshake.
inline void export_keys_to(mbedtls_ssl_config&, mbedtls_ssl_context& ssl, ExportedSecret& out) {
  mbedtls_ssl_set_export_keys_cb(&ssl, on_export, &out);
}

inline void only_tls12(mbedtls_ssl_config& config) {
  mbedtls_ssl_conf_min_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_max_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
}

inline int parse_key(mbedtls_pk_context& key, const unsigned char* pem, std::size_t size, RandomFunction random,
                     void* random_context) {
  return mbedtls_pk_parse_key(&key, pem, size, nullptr, 0, random, random_context);
}

inline int check_pair(const mbedtls_pk_context& public_key, const mbedtls_pk_context& key, RandomFunction random,
                      void* random_context) {
  return mbedtls_pk_check_pair(&public_key, &key, random, random_context);
}

template <std::size_t N>
int set_serial(mbedtls_x509write_cert& certificate, std::array<unsigned char, N>& serial) {
  return mbedtls_x509write_crt_set_serial_raw(&certificate, serial.data(), serial.size());
}

#else

inline bool initialise() { return true; }

inline int on_export(void* context, const unsigned char* master, const unsigned char*, std::size_t, std::size_t,
                     std::size_t, const unsigned char client_random[32], const unsigned char server_random[32],
                     mbedtls_tls_prf_types prf) {
  store_secret(*static_cast<ExportedSecret*>(context), master, client_random, server_random, prf);
  return 0;
}

/// 2.28 has one callback per configuration, so each transport has a configuration of its own.
inline void export_keys_to(mbedtls_ssl_config& config, mbedtls_ssl_context&, ExportedSecret& out) {
  mbedtls_ssl_conf_export_keys_ext_cb(&config, on_export, &out);
}

inline void only_tls12(mbedtls_ssl_config& config) {
  mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_max_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

inline int parse_key(mbedtls_pk_context& key, const unsigned char* pem, std::size_t size, RandomFunction, void*) {
  return mbedtls_pk_parse_key(&key, pem, size, nullptr, 0);
}

inline int check_pair(const mbedtls_pk_context& public_key, const mbedtls_pk_context& key, RandomFunction, void*) {
  return mbedtls_pk_check_pair(&public_key, &key);
}

template <std::size_t N>
int set_serial(mbedtls_x509write_cert& certificate, std::array<unsigned char, N>& serial) {
  mbedtls_mpi number;
  mbedtls_mpi_init(&number);
  int error = mbedtls_mpi_read_binary(&number, serial.data(), serial.size());
  if (error == 0) error = mbedtls_x509write_crt_set_serial(&certificate, &number);
  mbedtls_mpi_free(&number);
  return error;
}

#endif

/// The profile agreed by use_srtp, 0 when none was.
inline std::uint16_t chosen_srtp_profile(const mbedtls_ssl_context& ssl) {
  mbedtls_dtls_srtp_info info;
  mbedtls_ssl_get_dtls_srtp_negotiation_result(&ssl, &info);
  return info.MBEDTLS_PRIVATE(chosen_dtls_srtp_profile);
}

}  // namespace perch::net::mbedtls_compat
