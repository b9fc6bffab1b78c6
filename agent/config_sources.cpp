#include "agent/config_sources.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "agent/config_rules.hpp"
#include "hal/base/log.hpp"
#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

/// The files of a folder in the order of their names; a folder that is missing has none.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

void merge_folder(const std::filesystem::path& folder, ConfigFile& into) {
  for (const auto& path : files_in(folder))
    if (path.extension() == ".toml" && !path.filename().string().starts_with('.')) merge_config_file(path, into);
}

/// LoadCredential= of a folder names its files FOLDER_NAME (systemd.exec(5)).
bool is_called(const std::string& file, const std::string& credential) {
  return file == credential || file.ends_with('_' + credential);
}

void merge_credentials(const std::string& folder, ConfigFile& into) {
  if (folder.empty()) return;
  const auto files = files_in(folder);
  for (const ConfigKey& key : config_keys()) {
    if (*key.credential == '\0') continue;
    for (const auto& path : files) {
      if (!is_called(path.filename(), key.credential)) continue;
      std::get<TextField>(key.field).of(into.config) = path;
      into.origins[key.label()] = path;
    }
  }
}

const ConfigKey* find_key(std::string_view dotted) {
  for (const ConfigKey& key : config_keys())
    if (dotted == std::string(key.section) + '.' + key.name) return &key;
  return nullptr;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// A flag's value as the file would say it: texts without quotes, lists with commas.
std::string as_toml(const ConfigKey& key, const std::string& value) {
  if (std::holds_alternative<TextField>(key.field)) return quoted(value);
  if (!std::holds_alternative<ListField>(key.field)) return value;
  std::string list = "[";
  for (const std::string_view item : split(value, ','))
    if (!item.empty()) list += quoted(std::string(item)) + ',';
  return list + ']';
}

void merge_flag(const std::string& dotted, const std::string& value, ConfigFile& into) {
  const ConfigKey* key = find_key(dotted);
  if (key == nullptr) {
    into.errors.push_back("--" + dotted + ": no such key, see --help");
    return;
  }
  // ps shows command lines to everybody.
  if (std::holds_alternative<ListField>(key->field) && !password_in(value).empty()) {
    into.errors.push_back("--" + dotted + ": no passwords on the command line, use a file");
    return;
  }
  ConfigFile one;
  one.config = into.config;
  merge_config("[" + std::string(key->section) + "]\n" + key->name + " = " + as_toml(*key, value) + '\n', "", one);
  for (const std::string& error : one.errors)
    into.errors.push_back("--" + dotted + error.substr(std::min(error.find(": "), error.size())));
  into.config = one.config;
  into.origins[key->label()] = "--" + dotted;
}

}  // namespace

ConfigFile load_configuration(const ConfigSources& sources) {
  ConfigFile out;
  const std::string file = sources.file.empty() ? kDefaultConfigPath : sources.file;
  // The package's own file may be missing; one that was asked for may not.
  if (!sources.file.empty() || ::access(file.c_str(), F_OK) == 0) merge_config_file(file, out);
  merge_folder(std::filesystem::path(file).parent_path() / "conf.d", out);
  merge_credentials(sources.credentials_dir, out);
  for (const auto& [dotted, value] : sources.flags) merge_flag(dotted, value, out);
  for (std::string& rule : broken_rules(out.config, out.origins)) out.errors.push_back(std::move(rule));
  return out;
}

}  // namespace perch::agent
