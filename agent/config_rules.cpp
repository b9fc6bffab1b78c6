#include "agent/config_rules.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "agent/config_file.hpp"
#include "agent/ice_setup.hpp"
#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

class Rules {
 public:
  explicit Rules(const ConfigOrigins& origins) : origins_(origins) {}

  /// `label` is the key to blame, "[broker] url".
  void broken(const std::string& label, const std::string& words) {
    const auto origin = origins_.find(label);
    lines_.push_back((origin == origins_.end() ? "" : origin->second + ": ") + label + ' ' + words);
  }
  void needs(const std::string& label, const std::string& value, const std::string& other_label,
             const std::string& other) {
    if (!value.empty() && other.empty()) broken(label, "needs " + other_label + " as well");
  }
  void secret(const std::string& label, const std::string& path) {
    if (path.empty()) return;
    if (const auto read = read_secret_file(path); !read) broken(label, read.error().message());
  }
  void readable(const std::string& label, const std::string& path) {
    if (path.empty() || ::access(path.c_str(), R_OK) == 0) return;
    broken(label, "cannot read " + in_quotes(path) + ": " + std::strerror(errno));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  const ConfigOrigins& origins_;
  std::vector<std::string> lines_;
};

bool is_hex_key(const std::string& text) {
  return !text.empty() && text.size() % 2 == 0 && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

void check_psk(const Config& config, Rules& rules) {
  const auto& broker = config.broker;
  rules.needs("[broker] psk_identity", broker.psk_identity, "[broker] psk_file", broker.psk_file);
  rules.needs("[broker] psk_file", broker.psk_file, "[broker] psk_identity", broker.psk_identity);
  rules.secret("[broker] psk_file", broker.psk_file);
  if (broker.psk_file.empty()) return;
  if (const auto key = read_secret_file(broker.psk_file); key && !is_hex_key(*key))
    rules.broken("[broker] psk_file", "must hold 2 to 64 hexadecimal digits");
  if (!broker.ca_file.empty() || !broker.cert_file.empty())
    rules.broken("[broker] psk_file", "excludes ca_file and cert_file: a shared key takes the place of certificates");
}

void check_broker(const Config& config, Rules& rules) {
  const auto& broker = config.broker;
  rules.needs("[broker] password_file", broker.password_file, "[broker] username", broker.username);
  rules.secret("[broker] password_file", broker.password_file);
  rules.needs("[broker] cert_file", broker.cert_file, "[broker] key_file", broker.key_file);
  rules.needs("[broker] key_file", broker.key_file, "[broker] cert_file", broker.cert_file);
  rules.readable("[broker] ca_file", broker.ca_file);
  rules.readable("[broker] cert_file", broker.cert_file);
  rules.secret("[broker] key_file", broker.key_file);
  check_psk(config, rules);
  const bool tls = broker.url.starts_with("mqtts:");
  if (!tls && !(broker.ca_file.empty() && broker.cert_file.empty() && broker.psk_file.empty()))
    rules.broken("[broker] url", "must begin with mqtts: for the certificates or the shared key below it");
}

void check_ice(const Config& config, Rules& rules) {
  if (const auto ice = ice_config(config); !ice) rules.broken("[ice] servers", ice.error().message());
}

}  // namespace

std::vector<std::string> broken_rules(const Config& config, const ConfigOrigins& origins) {
  Rules rules(origins);
  check_broker(config, rules);
  check_ice(config, rules);
  return rules.take();
}

}  // namespace perch::agent
