#include "agent/config_checks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "hal/base/log.hpp"
#include "net/ice_server.hpp"
#include "signaling/broker_url.hpp"

namespace perch::agent {
namespace {

bool is_id_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_alsa(const std::string& value) { return value.starts_with("alsa:") && value.size() > 5; }

/// A URL of this scheme that could lead somewhere: RFC 3986 §3.2, without user information; no blanks (§2).
bool names_host(const std::string& value, std::string_view scheme) {
  if (!value.starts_with(scheme)) return false;
  const bool plain = std::none_of(value.begin(), value.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
  return plain && value.size() > scheme.size() &&
         std::string_view("/?#:").find(value[scheme.size()]) == std::string_view::npos;
}

template <std::size_t N>
Result<void> one_of(const std::string& value, const std::array<const char*, N>& words) {
  std::string list;
  for (const char* word : words) {
    if (value == word) return {};
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  return fail(Errc::kInvalid, "must be one of " + list);
}

}  // namespace

Result<void> check_any(const std::string&) { return {}; }

Result<void> check_id(const std::string& value) {
  const bool good = !value.empty() && value.size() <= 64 && std::all_of(value.begin(), value.end(), is_id_letter);
  if (good) return {};
  return fail(Errc::kInvalid, "must be 1 to 64 letters, digits, _ or -");
}

Result<void> check_display_name(const std::string& value) {
  const bool printable =
      std::none_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (printable && value.size() <= 128) return {};
  return fail(Errc::kInvalid, "must be at most 128 bytes, without control characters");
}

Result<void> check_video_source(const std::string& value) {
  if (value == "auto" || value == "pattern") return {};
  for (const char* prefix : {"/dev/", "libcamera:", "file:"})
    if (value.starts_with(prefix)) return {};
  return fail(Errc::kInvalid, "must be auto, pattern, /dev/videoN, libcamera:N or file:PATH");
}

Result<void> check_degrade(const std::string& value) {
  return one_of<4>(value, {"balanced", "framerate", "resolution", "off"});
}

Result<void> check_encoder(const std::string& value) { return one_of<3>(value, {"auto", "x264", "v4l2m2m"}); }

Result<void> check_audio_source(const std::string& value) {
  if (value == "off" || value == "tone" || is_alsa(value)) return {};
  return fail(Errc::kInvalid, "must be off, tone or alsa:NAME, e.g. alsa:default");
}

Result<void> check_audio_sink(const std::string& value) {
  if (value == "off" || is_alsa(value)) return {};
  return fail(Errc::kInvalid, "must be off or alsa:NAME, e.g. alsa:default");
}

Result<void> check_control(const std::string& value) {
  const std::size_t equals = value.find('=');
  if (equals != std::string::npos && equals > 0 && equals + 1 < value.size()) return {};
  return fail(Errc::kInvalid, "must be NAME=VALUE, e.g. \"brightness=128\"");
}

Result<void> check_broker_url(const std::string& value) {
  if (auto url = signaling::parse_broker_url(value); !url) return fail(std::move(url.error()));
  return {};
}

Result<void> check_prefix(const std::string& value) {
  const bool good = !value.empty() && value.size() <= 128 && value.find_first_of("#+") == std::string::npos &&
                    value.front() != '/' && value.front() != '$' && value.back() != '/';
  if (good) return {};
  return fail(Errc::kInvalid, "must be a topic like perch/v1, without #, + and outer slashes");
}

Result<void> check_access_mode(const std::string& value) { return one_of<3>(value, {"sealed", "broker", "open"}); }

Result<void> check_page_url(const std::string& value) {
  const bool web = names_host(value, "http://") || names_host(value, "https://");
  if (value.empty() || (web && value.find('#') == std::string::npos)) return {};
  return fail(Errc::kInvalid, "must begin with http:// or https:// and a host, and have no #");
}

Result<void> check_web_socket_url(const std::string& value) {
  if (value.empty() || names_host(value, "ws://") || names_host(value, "wss://")) return {};
  return fail(Errc::kInvalid, "must begin with ws:// or wss:// and a host");
}

Result<void> check_ice_server(const std::string& value) {
  if (auto server = net::parse_ice_server(value); !server) return fail(std::move(server.error()));
  return {};
}

Result<void> check_ip_address(const std::string& value) {
  std::array<unsigned char, 16> ignored{};
  if (::inet_pton(AF_INET, value.c_str(), ignored.data()) == 1) return {};
  if (::inet_pton(AF_INET6, value.c_str(), ignored.data()) == 1) return {};
  return fail(Errc::kInvalid, "must be an IP address");
}

Result<void> check_log_level(const std::string& value) {
  LogLevel ignored{};
  if (parse_log_level(value, ignored)) return {};
  return fail(Errc::kInvalid, "must be error, warning, info, debug or trace");
}

}  // namespace perch::agent
