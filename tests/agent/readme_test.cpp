// README's configuration table is the one in the code.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "agent/config.hpp"

namespace perch::agent {
namespace {

TEST(Readme, ConfigurationTableEqualsTheCode) {
  std::ifstream file(PERCH_SOURCE_DIR "/README.md");
  ASSERT_TRUE(file);
  std::ostringstream text;
  text << file.rdbuf();
  const std::string readme = text.str();
  const std::size_t begin = readme.find("| `[camera] id`");
  const std::size_t end = readme.find("<!-- /config-table -->");
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(readme.substr(begin, end - begin), key_table()) << "renew it with: perchctl keys";
}

}  // namespace
}  // namespace perch::agent
