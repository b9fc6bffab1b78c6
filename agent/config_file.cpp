#include "agent/config_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "agent/toml_parser.hpp"
#include "hal/base/log.hpp"
#include "hal/base/private_file.hpp"
#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

constexpr std::size_t kLargestFile = 256 * 1024;

/// Walks one parsed file, filling a Config and collecting what is wrong.
class Reader {
 public:
  Reader(std::string_view name, ConfigFile& into) : name_(name), config_(into.config), origins_(into.origins) {}
  void read(const toml::table& root);
  /// In the order of the file, which toml++ does not keep.
  [[nodiscard]] std::vector<std::string> sorted_errors();

 private:
  void read_section(std::string_view section, const toml::table& table);
  void read_value(const ConfigKey& key, const toml::node& node);
  void read_list(const ConfigKey& key, const ListField& field, const toml::node& node);
  void report(const toml::node& node, const std::string& words);
  void report_unknown(const toml::node& node, const std::string& what, std::string_view word,
                      const std::vector<std::string_view>& known);

  struct Located {
    toml::source_position at;
    std::string words;
  };
  std::string_view name_;
  Config& config_;
  ConfigOrigins& origins_;
  std::vector<Located> errors_;
};

std::string place(std::string_view name, const toml::source_position& at) {
  return std::string(name) + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

std::string position(std::string_view name, const toml::source_position& at) { return place(name, at) + ": "; }

const ConfigKey* find_key(std::string_view section, std::string_view name) {
  for (const ConfigKey& key : config_keys())
    if (section == key.section && name == key.name) return &key;
  return nullptr;
}

std::vector<std::string_view> known_sections() {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : config_keys())
    if (names.empty() || names.back() != key.section) names.emplace_back(key.section);
  return names;
}

std::vector<std::string_view> known_keys(std::string_view section) {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : config_keys())
    if (section == key.section) names.emplace_back(key.name);
  return names;
}

void Reader::report(const toml::node& node, const std::string& words) {
  errors_.push_back({node.source().begin, words});
}

std::vector<std::string> Reader::sorted_errors() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const Located& a, const Located& b) { return a.at < b.at; });
  std::vector<std::string> lines;
  for (const Located& error : errors_) lines.push_back(position(name_, error.at) + error.words);
  return lines;
}

void Reader::report_unknown(const toml::node& node, const std::string& what, std::string_view word,
                            const std::vector<std::string_view>& known) {
  std::string words = "unknown " + what + ' ' + in_quotes(word);
  if (const auto near = closest_word(word, known)) words += ", did you mean " + in_quotes(*near) + "?";
  report(node, words);
}

void Reader::read(const toml::table& root) {
  const auto sections = known_sections();
  for (const auto& [name, node] : root) {
    const auto* table = node.as_table();
    const bool known = std::find(sections.begin(), sections.end(), name.str()) != sections.end();
    if (!known)
      report_unknown(node, table != nullptr ? "section" : "key", name.str(), sections);
    else if (table == nullptr)
      report(node, "[" + std::string(name.str()) + "] must be a section");
    else
      read_section(name.str(), *table);
  }
}

void Reader::read_section(std::string_view section, const toml::table& table) {
  for (const auto& [name, node] : table) {
    if (const ConfigKey* key = find_key(section, name.str())) {
      origins_[key->label()] = place(name_, node.source().begin);
      read_value(*key, node);
    } else {
      report_unknown(node, "key in [" + std::string(section) + "]", name.str(), known_keys(section));
    }
  }
}

void Reader::read_value(const ConfigKey& key, const toml::node& node) {
  const std::string label = key.label() + ' ';
  if (const auto* list = std::get_if<ListField>(&key.field)) return read_list(key, *list, node);
  if (const auto* integer = std::get_if<IntegerField>(&key.field)) {
    const auto value = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
    if (value && *value >= integer->min && *value <= integer->max) {
      integer->of(config_) = *value;
      return;
    }
    return report(node, label + "must be a whole number from " + std::to_string(integer->min) + " to " +
                            std::to_string(integer->max));
  }
  if (const auto* boolean = std::get_if<BooleanField>(&key.field)) {
    if (!node.is_boolean()) return report(node, label + "must be true or false");
    boolean->of(config_) = *node.value<bool>();
    return;
  }
  const auto& text = std::get<TextField>(key.field);
  const auto value = node.is_string() ? node.value<std::string>() : std::nullopt;
  if (!value) return report(node, label + "must be a text in quotes");
  if (auto checked = text.check(*value); !checked) return report(node, label + checked.error().message());
  text.of(config_) = *value;
}

void Reader::read_list(const ConfigKey& key, const ListField& field, const toml::node& node) {
  const std::string label = key.label() + ' ';
  const auto* array = node.as_array();
  if (array == nullptr) return report(node, label + "must be a list of texts, [\"…\", \"…\"]");
  std::vector<std::string> values;
  for (const toml::node& item : *array) {
    const auto value = item.is_string() ? item.value<std::string>() : std::nullopt;
    const auto checked = value ? field.check(*value) : Result<void>(fail(Errc::kInvalid, "must hold texts in quotes"));
    if (!checked) return report(item, label + checked.error().message());
    values.push_back(*value);
  }
  field.of(config_) = std::move(values);
}

}  // namespace

void merge_config(std::string_view text, std::string_view name, ConfigFile& into) {
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    const auto& error = parsed.error();
    into.errors.push_back(position(name, error.source().begin) + std::string(error.description()));
    return;
  }
  Reader reader(name, into);
  reader.read(parsed.table());
  for (std::string& error : reader.sorted_errors()) into.errors.push_back(std::move(error));
}

ConfigFile parse_config(std::string_view text, std::string_view name) {
  ConfigFile out;
  merge_config(text, name, out);
  return out;
}

namespace {

/// A TURN password stands in a file that everybody may read.
void refuse_open_secrets(const std::string& path, ConfigFile& into) {
  const auto origin = into.origins.find("[ice] servers");
  if (origin == into.origins.end() || !origin->second.starts_with(path + ':')) return;
  for (const std::string& uri : into.config.ice.servers)
    if (!password_in(uri).empty())
      into.errors.push_back(origin->second +
                            ": [ice] servers holds a password, and others can read this file: chmod 640 it");
}

}  // namespace

void merge_config_file(const std::string& path, ConfigFile& into) {
  struct stat info {};
  std::ifstream file(path, std::ios::binary);
  if (!file || ::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    into.errors.push_back(path + ": cannot read this file" + (errno != 0 ? std::string(": ") + strerror(errno) : ""));
    return;
  }
  if (static_cast<std::size_t>(info.st_size) > kLargestFile) {
    into.errors.push_back(path + ": larger than 256 KiB, this is no configuration");
    return;
  }
  std::ostringstream text;
  text << file.rdbuf();
  merge_config(text.str(), path, into);
  if ((info.st_mode & S_IROTH) != 0) refuse_open_secrets(path, into);
}

ConfigFile load_config(const std::string& path) {
  ConfigFile out;
  merge_config_file(path, out);
  return out;
}

Result<std::string> read_secret_file(const std::string& path) {
  constexpr std::size_t kLargestSecret = 4096;
  auto text = read_private_file(path, kLargestSecret);
  if (!text) return text;
  std::string secret = text->substr(0, text->find('\n'));
  wipe(*text);
  if (secret.empty()) return fail(Errc::kInvalid, "the secret file " + in_quotes(path) + " is empty");
  return secret;
}

}  // namespace perch::agent
