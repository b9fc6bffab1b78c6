// What README and SECURITY.md say about the tree is so.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "agent/config.hpp"

namespace perch::agent {
namespace {

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(PERCH_SOURCE_DIR) + '/' + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands between backquotes.
std::vector<std::string> quoted_words(const std::string& text) {
  static const std::regex quoted("`([^`\n]+)`");
  std::vector<std::string> words;
  for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it) words.push_back((*it)[1]);
  return words;
}

/// The names of all tests: those of their files, without what says how they are run.
std::set<std::string> test_names() {
  std::set<std::string> names;
  for (const char* folder : {PERCH_SOURCE_DIR "/tests", PERCH_SOURCE_DIR "/toolchain/lib"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string file = entry.path().filename().string();
      names.insert(file.substr(0, file.find('.')));
    }
  }
  return names;
}

TEST(Readme, ConfigurationTableEqualsTheCode) {
  const std::string readme = text_of("README.md");
  const std::size_t begin = readme.find("| `[camera] id`");
  const std::size_t end = readme.find("<!-- /config-table -->");
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(readme.substr(begin, end - begin), key_table()) << "renew it with: perchctl keys";
}

// A clause that names a test nobody can run proves nothing.
TEST(SecurityPaper, EveryTestAndFileItNamesIsThere) {
  const std::regex test_name("[a-z0-9]+(_[a-z0-9]+)+");
  const auto tests = test_names();
  int seen = 0;
  for (const std::string& word : quoted_words(text_of("SECURITY.md"))) {
    const bool is_test = std::regex_match(word, test_name) && word != "max_viewers";
    const bool is_file = std::regex_match(word, std::regex("[a-z]+/[A-Za-z0-9_./-]+"));
    EXPECT_TRUE(!is_test || tests.contains(word)) << word;
    EXPECT_TRUE(!is_file || std::filesystem::exists(std::string(PERCH_SOURCE_DIR) + '/' + word)) << word;
    seen += is_test || is_file ? 1 : 0;
  }
  EXPECT_GT(seen, 40);
}

}  // namespace
}  // namespace perch::agent
