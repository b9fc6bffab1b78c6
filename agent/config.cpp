#include "agent/config.hpp"

#include <array>
#include <cstdio>

#include "agent/config_checks.hpp"

namespace perch::agent {
namespace {

#define PERCH_FIELD(member) \
  [](Config & c) -> auto& { return c.member; }  // NOLINT: a member name takes no parentheses

const std::array kKeys{
    ConfigKey{"camera", "id", "", "Name of this camera in topics and links: letters, digits, _ and -.",
              TextField{PERCH_FIELD(camera.id), check_id}},
    ConfigKey{"camera", "name", "", "Name that people see; the id when empty.",
              TextField{PERCH_FIELD(camera.name), check_display_name}, Takes::kReload},

    ConfigKey{"video", "source", "",
              "auto (first camera, else the pattern), pattern, /dev/videoN, libcamera:N or file:PATH (.y4m, .h264).",
              TextField{PERCH_FIELD(video.source), check_video_source}},
    ConfigKey{"video", "width", "pixels", "Picture width; the camera's nearest is taken.",
              IntegerField{PERCH_FIELD(video.width), 64, 4096}},
    ConfigKey{"video", "height", "pixels", "Picture height; the camera's nearest is taken.",
              IntegerField{PERCH_FIELD(video.height), 64, 4096}},
    ConfigKey{"video", "fps", "frames/s", "Frame rate; the camera's nearest is taken.",
              IntegerField{PERCH_FIELD(video.fps), 1, 120}},
    ConfigKey{"video", "max_bitrate", "bit/s", "Upper limit of the encoded video.",
              IntegerField{PERCH_FIELD(video.max_bitrate), 100'000, 50'000'000}, Takes::kReload},
    ConfigKey{"video", "min_bitrate", "bit/s", "Lower limit, however slow the viewers' networks are.",
              IntegerField{PERCH_FIELD(video.min_bitrate), 50'000, 50'000'000}, Takes::kReload},
    ConfigKey{"video", "degrade", "",
              "What slow networks cost: balanced (frames, then size), framerate, resolution or off (only sharpness).",
              TextField{PERCH_FIELD(video.degrade), check_degrade}},
    ConfigKey{"video", "min_fps", "frames/s", "No fewer frames than that are sent to slow networks.",
              IntegerField{PERCH_FIELD(video.min_fps), 1, 120}},
    ConfigKey{"video", "encoder", "",
              "auto (the camera's own H.264, else the board's encoder, else x264), x264 or v4l2m2m.",
              TextField{PERCH_FIELD(video.encoder), check_encoder}},
    ConfigKey{"video", "vbv_frames", "frames", "How many frame times one key frame may take on the wire.",
              IntegerField{PERCH_FIELD(video.vbv_frames), 1, 3}},
    ConfigKey{"video", "linger_s", "s", "How long the camera stays open after the last viewer left.",
              IntegerField{PERCH_FIELD(video.linger_s), 0, 3600}},
    ConfigKey{"video", "controls", "",
              "Camera controls set when it opens, \"brightness=128\"; perchctl controls lists them.",
              ListField{PERCH_FIELD(video.controls), check_control}},

    ConfigKey{"audio", "source", "", "off, alsa:NAME (alsa:default, alsa:hw:1,0; arecord -L lists them) or tone.",
              TextField{PERCH_FIELD(audio.source), check_audio_source}},
    ConfigKey{"audio", "channels", "channels", "1 for mono, 2 for stereo.",
              IntegerField{PERCH_FIELD(audio.channels), 1, 2}},
    ConfigKey{"audio", "bitrate", "bit/s", "Of the encoded sound.",
              IntegerField{PERCH_FIELD(audio.bitrate), 6'000, 256'000}},
    ConfigKey{"audio", "dtx", "", "Send nothing while it is silent.", BooleanField{PERCH_FIELD(audio.dtx)}},

    ConfigKey{"talk", "sink", "", "Loudspeaker for viewers who speak: off or alsa:NAME (aplay -L lists them).",
              TextField{PERCH_FIELD(talk.sink), check_audio_sink}},
    ConfigKey{"talk", "volume", "%", "How loud.", IntegerField{PERCH_FIELD(talk.volume), 0, 100}},
    ConfigKey{"talk", "half_duplex", "", "Turn the microphone down while somebody speaks, so that it does not howl.",
              BooleanField{PERCH_FIELD(talk.half_duplex)}, Takes::kReload},

    ConfigKey{"broker", "url", "", "MQTT broker, mqtt://HOST:PORT or mqtts://HOST:PORT.",
              TextField{PERCH_FIELD(broker.url), check_broker_url}},
    ConfigKey{"broker", "prefix", "", "First part of every topic.",
              TextField{PERCH_FIELD(broker.prefix), check_prefix}},
    ConfigKey{"broker", "username", "", "User name at the broker; empty: anonymous.",
              TextField{PERCH_FIELD(broker.username), check_any}},
    ConfigKey{"broker", "password_file", "", "File that holds the password and that nobody else may read.",
              TextField{PERCH_FIELD(broker.password_file), check_any}, Takes::kRestart, "mqtt-password"},
    ConfigKey{"broker", "ca_file", "", "CA certificates for mqtts (PEM); empty: the system's.",
              TextField{PERCH_FIELD(broker.ca_file), check_any}},
    ConfigKey{"broker", "cert_file", "", "Certificate of ours for mqtts (PEM), where the broker asks for one.",
              TextField{PERCH_FIELD(broker.cert_file), check_any}},
    ConfigKey{"broker", "key_file", "", "Its private key (PEM), which nobody else may read.",
              TextField{PERCH_FIELD(broker.key_file), check_any}, Takes::kRestart, "mqtt-key"},
    ConfigKey{"broker", "psk_identity", "", "For mqtts with a shared key instead of certificates: our name.",
              TextField{PERCH_FIELD(broker.psk_identity), check_any}},
    ConfigKey{"broker", "psk_file", "", "File with that key in hexadecimal, which nobody else may read.",
              TextField{PERCH_FIELD(broker.psk_file), check_any}, Takes::kRestart, "mqtt-psk"},

    ConfigKey{"broker", "viewer_url", "",
              "Where browsers reach the broker, ws:// or wss://, for invitations; empty: port 9001 of its host.",
              TextField{PERCH_FIELD(broker.viewer_url), check_web_socket_url}, Takes::kReload},

    ConfigKey{
        "access", "mode", "",
        "sealed (who was invited), broker (whom its logins and rules let publish) or open (who can publish there).",
        TextField{PERCH_FIELD(access.mode), check_access_mode}},
    ConfigKey{"access", "viewers_dir", "", "Folder of the invitations that perchctl invite writes.",
              TextField{PERCH_FIELD(access.viewers_dir), check_any}},
    ConfigKey{"access", "page_url", "",
              "Where viewers find the page, for invitations; empty: http at port 9001 of the broker's host.",
              TextField{PERCH_FIELD(access.page_url), check_page_url}, Takes::kReload},
    ConfigKey{"access", "max_viewers", "viewers", "The next viewer is told that the camera is busy.",
              IntegerField{PERCH_FIELD(access.max_viewers), 1, 256}, Takes::kReload},

    ConfigKey{
        "ice", "servers", "",
        "stun:HOST:PORT, turn:USER:PASSWORD@HOST:PORT?transport=udp|tcp, turns: with TLS; without USER:PASSWORD@ see "
        "turn_secret_file.",
        ListField{PERCH_FIELD(ice.servers), check_ice_server}, Takes::kReload},
    ConfigKey{"ice", "local_addresses", "", "Addresses of ours to offer; empty: every network interface.",
              ListField{PERCH_FIELD(ice.local_addresses), check_ip_address}},
    ConfigKey{"ice", "turn_secret_file", "",
              "File with the secret shared with the TURN server: credentials for a day, others for each viewer.",
              TextField{PERCH_FIELD(ice.turn_secret_file), check_any}, Takes::kReload, "turn-secret"},
    ConfigKey{"ice", "ca_file", "", "CA certificates for turns (PEM); empty: the system's.",
              TextField{PERCH_FIELD(ice.ca_file), check_any}, Takes::kReload},
    ConfigKey{"ice", "force_relay", "", "Offer TURN's addresses only, so that viewers do not learn the camera's.",
              BooleanField{PERCH_FIELD(ice.force_relay)}, Takes::kReload},
    ConfigKey{"ice", "tcp", "", "Also let viewers connect over TCP, for networks that block UDP.",
              BooleanField{PERCH_FIELD(ice.tcp)}, Takes::kReload},

    ConfigKey{"state", "dir", "", "Folder for what must survive a restart: the DTLS certificate.",
              TextField{PERCH_FIELD(state.dir), check_any}},

    ConfigKey{"control", "socket", "", "Unix socket through which perchctl speaks to perchd; empty: none.",
              TextField{PERCH_FIELD(control.socket), check_any}},

    ConfigKey{"metrics", "textfile", "", "File ending in .prom for node_exporter, renewed every 15 s; empty: none.",
              TextField{PERCH_FIELD(metrics.textfile), check_any}, Takes::kReload},

    ConfigKey{"log", "level", "", "error, warning, info, debug or trace.",
              TextField{PERCH_FIELD(log.level), check_log_level}, Takes::kReload},
};

#undef PERCH_FIELD

std::string toml_string(const std::string& value) {
  std::string out = "\"";
  for (const char c : value) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (code >= 0x20 && code != 0x7f) {
      out += c;
      continue;
    }
    std::array<char, 8> escape{};  // TOML 1.0 "String": control characters are written \uXXXX
    std::snprintf(escape.data(), escape.size(), "\\u%04X", code);
    out += escape.data();
  }
  return out + '"';
}

std::string toml_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? ", " : "") + toml_string(value);
  return out + ']';
}

/// `turn:USER:PASSWORD@HOST` with "***" for the password.
std::string without_password(std::string uri) {
  const std::string_view password = password_in(uri);
  if (!password.empty()) uri.replace(static_cast<std::size_t>(password.data() - uri.data()), password.size(), "***");
  return uri;
}

std::string unit_suffix(const ConfigKey& key) { return *key.unit != '\0' ? " [" + std::string(key.unit) + "]" : ""; }

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }

std::string toml_value(const ConfigKey& key, Config& config) {
  if (const auto* integer = std::get_if<IntegerField>(&key.field)) return std::to_string(integer->of(config));
  if (const auto* boolean = std::get_if<BooleanField>(&key.field)) return boolean->of(config) ? "true" : "false";
  if (const auto* text = std::get_if<TextField>(&key.field)) return toml_string(text->of(config));
  return toml_list(std::get<ListField>(key.field).of(config));
}

std::string_view password_in(std::string_view uri) {
  const std::size_t at = uri.rfind('@');
  const std::size_t user = uri.find(':');
  if (at == std::string_view::npos || user == std::string_view::npos || user > at) return {};
  const std::size_t colon = uri.find(':', user + 1);
  return colon < at ? uri.substr(colon + 1, at - colon - 1) : std::string_view();
}

std::string shown_value(const ConfigKey& key, Config& config) {
  const auto* list = std::get_if<ListField>(&key.field);
  if (list == nullptr) return toml_value(key, config);
  std::vector<std::string> values = list->of(config);
  for (std::string& value : values) value = without_password(std::move(value));
  return toml_list(values);
}

std::vector<const ConfigKey*> changed_keys(Config before, Config after) {
  std::vector<const ConfigKey*> changed;
  for (const ConfigKey& key : config_keys())
    if (toml_value(key, before) != toml_value(key, after)) changed.push_back(&key);
  return changed;
}

std::string key_table() {
  Config defaults;
  std::string rows;
  for (const ConfigKey& key : config_keys())
    rows += std::string("| `[") + key.section + "] " + key.name + "` | `" + toml_value(key, defaults) + "` | " +
            key.help + unit_suffix(key) + " |\n";
  return rows;
}

std::string print_config(Config config, const ConfigOrigins& origins) {
  std::string out;
  std::string section;
  for (const ConfigKey& key : config_keys()) {
    if (section != key.section) {
      section = key.section;
      out += (out.empty() ? "[" : "\n[") + section + "]\n";
    }
    const auto origin = origins.find(key.label());
    out += std::string("# ") + key.help + unit_suffix(key) + '\n' + key.name + " = " + shown_value(key, config);
    out += (origin == origins.end() ? "" : "  # " + origin->second) + '\n';
  }
  return out;
}

}  // namespace perch::agent
