// What can be configured: one struct, and one table row per key that drives file, --print-config and documentation.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hal/base/result.hpp"

namespace perch::agent {

inline constexpr char kDefaultControlSocket[] = "/run/perch/control.sock";

/// Every default is here and nowhere else. Units in the comments and in config_keys().
struct Config {
  struct {
    std::string id = "camera";  ///< [A-Za-z0-9_-]{1,64}, part of every topic
    std::string name;           ///< for people; empty: the id
  } camera;
  struct {
    std::string source = "auto";
    std::int64_t width = 1280;             // [pixels]
    std::int64_t height = 720;             // [pixels]
    std::int64_t fps = 30;                 // [frames/s]
    std::int64_t max_bitrate = 2'000'000;  // [bit/s]
    std::int64_t min_bitrate = 150'000;    // [bit/s]
    std::int64_t min_fps = 15;             // [frames/s]
    std::string degrade = "balanced";
    std::string encoder = "auto";
    std::int64_t vbv_frames = 2;  // [frames]
    std::int64_t linger_s = 5;    // [s]
    std::vector<std::string> controls;
  } video;
  struct {
    std::string source = "off";
    std::int64_t channels = 1;
    std::int64_t bitrate = 32'000;  // [bit/s]
    bool dtx = false;
  } audio;
  struct {
    std::string sink = "off";
    std::int64_t volume = 100;  // [%]
    bool half_duplex = true;
  } talk;
  struct {
    std::string url = "mqtt://127.0.0.1:1883";
    std::string prefix = "perch/v1";
    std::string username;
    std::string password_file;
    std::string ca_file;
    std::string cert_file;
    std::string key_file;
    std::string psk_identity;
    std::string psk_file;
    std::string viewer_url;
  } broker;
  struct {
    std::string mode = "sealed";
    std::string viewers_dir = "/etc/perch/viewers.d";
    std::string page_url;
    std::int64_t max_viewers = 8;
  } access;
  struct {
    std::vector<std::string> servers;
    std::vector<std::string> local_addresses;
    std::string turn_secret_file;
    std::string ca_file;
    bool force_relay = false;
    bool tcp = true;
  } ice;
  struct {
    std::string dir = "/var/lib/perch";
  } state;
  struct {
    std::string socket = kDefaultControlSocket;
  } control;
  struct {
    std::string textfile;
  } metrics;
  struct {
    std::string level = "info";
  } log;

  [[nodiscard]] const std::string& display_name() const { return camera.name.empty() ? camera.id : camera.name; }
};

/// A number within [min, max].
struct IntegerField {
  std::function<std::int64_t&(Config&)> of;
  std::int64_t min;
  std::int64_t max;
};
/// true or false.
struct BooleanField {
  std::function<bool&(Config&)> of;
};
/// A text that `check` accepts.
struct TextField {
  std::function<std::string&(Config&)> of;
  std::function<Result<void>(const std::string&)> check;
};
/// A list of texts, each of which `check` accepts.
struct ListField {
  std::function<std::vector<std::string>&(Config&)> of;
  std::function<Result<void>(const std::string&)> check;
};

/// What a change of a key takes while the daemon runs.
enum class Takes : std::uint8_t { kRestart, kReload };

struct ConfigKey {
  const char* section;
  const char* name;
  const char* unit;  ///< "s", "bit/s", … or ""
  const char* help;  ///< one sentence
  std::variant<IntegerField, BooleanField, TextField, ListField> field;
  Takes takes = Takes::kRestart;
  /// For the path of a secret: the file of this name among the service's credentials stands for it. Else "".
  const char* credential = "";

  /// "[video] width"
  [[nodiscard]] std::string label() const { return '[' + std::string(section) + "] " + name; }
};

/// All keys, grouped by section, in the order of the documentation.
[[nodiscard]] std::span<const ConfigKey> config_keys();

/// The value of a key as TOML text, passwords included.
[[nodiscard]] std::string toml_value(const ConfigKey& key, Config& config);

/// The same for people and logs: "***" stands for each password.
[[nodiscard]] std::string shown_value(const ConfigKey& key, Config& config);

/// The keys whose values differ.
[[nodiscard]] std::vector<const ConfigKey*> changed_keys(Config before, Config after);

/// The password inside a TURN URI, `turn:USER:PASSWORD@HOST`; empty where there is none.
[[nodiscard]] std::string_view password_in(std::string_view uri);

/// One Markdown table row per key: name, default, meaning with its unit.
[[nodiscard]] std::string key_table();

/// Where a value comes from, by label: "/etc/perch/perch.toml:3:9", "--video.width"; defaults are not in it.
using ConfigOrigins = std::map<std::string, std::string>;

/// The whole configuration as a TOML file, each key with its help, unit and origin; without passwords.
[[nodiscard]] std::string print_config(Config config, const ConfigOrigins& origins = {});

}  // namespace perch::agent
