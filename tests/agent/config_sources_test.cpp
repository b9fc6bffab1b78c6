// The layers of a configuration, and what is refused about secrets in it.
#include "agent/config_sources.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "temporary_folder.hpp"

namespace perch::agent {
namespace {

using Lines = std::vector<std::string>;

class ConfigSourcesTest : public testing::Test {
 protected:
  [[nodiscard]] ConfigFile load(std::vector<std::pair<std::string, std::string>> flags = {}) const {
    return load_configuration({folder_ / "perch.toml", folder_ / "credentials", std::move(flags)});
  }
  test::TemporaryFolder folder_;
};

TEST_F(ConfigSourcesTest, LaterLayersReplaceEarlierOnes) {
  folder_.write("perch.toml", "[video]\nwidth = 640\nheight = 480\nfps = 10\nlinger_s = 1\n");
  folder_.write("conf.d/20-b.toml", "[video]\nfps = 20\n");
  folder_.write("conf.d/10-a.toml", "[video]\nfps = 15\nheight = 360\n");
  const ConfigFile file = load({{"video.linger_s", "9"}});
  EXPECT_EQ(file.errors, Lines{});
  EXPECT_EQ(file.config.video.width, 640);
  EXPECT_EQ(file.config.video.height, 360);
  EXPECT_EQ(file.config.video.fps, 20);
  EXPECT_EQ(file.config.video.linger_s, 9);
}

TEST_F(ConfigSourcesTest, ListsAreReplacedAsAWhole) {
  folder_.write("perch.toml", "[ice]\nlocal_addresses = [\"127.0.0.1\", \"::1\"]\n");
  folder_.write("conf.d/a.toml", "[ice]\nlocal_addresses = [\"10.0.0.1\"]\n");
  EXPECT_EQ(load().config.ice.local_addresses, Lines{"10.0.0.1"});
}

TEST_F(ConfigSourcesTest, OnlyTomlFilesOfTheFolderCount) {
  folder_.write("perch.toml", "");
  folder_.write("conf.d/a.toml.dpkg-old", "nonsense");
  folder_.write("conf.d/.hidden.toml", "nonsense");
  EXPECT_EQ(load().errors, Lines{});
}

TEST_F(ConfigSourcesTest, MistakesOfAllLayersAreToldAtOnceWithTheirPlaces) {
  folder_.write("perch.toml", "[video]\nwidht = 3\n");
  folder_.write("conf.d/a.toml", "[video]\n  fps = \"fast\"\n");
  const ConfigFile file = load({{"video.height", "1"},
                                {"video.depth", "3"},
                                {"broker.url", "mqtts://host"},
                                {"broker.cert_file", "/nonexistent"}});
  ASSERT_EQ(file.errors.size(), 6U) << testing::PrintToString(file.errors);
  EXPECT_TRUE(file.errors[0].starts_with((folder_ / "perch.toml") + ":2:")) << file.errors[0];
  EXPECT_TRUE(file.errors[1].starts_with((folder_ / "conf.d/a.toml") + ":2:9: ")) << file.errors[1];
  EXPECT_TRUE(file.errors[2].starts_with("--video.height: [video] height must be")) << file.errors[2];
  EXPECT_TRUE(file.errors[3].starts_with("--video.depth: no such key")) << file.errors[3];
  EXPECT_NE(file.errors[4].find("needs [broker] key_file"), std::string::npos) << file.errors[4];
  EXPECT_NE(file.errors[5].find("cannot read"), std::string::npos) << file.errors[5];
}

TEST_F(ConfigSourcesTest, AMissingFileThatWasAskedForIsAMistake) { EXPECT_EQ(load().errors.size(), 1U); }

TEST_F(ConfigSourcesTest, CredentialsStandForTheFilesOfSecrets) {
  folder_.write("perch.toml", "[broker]\nusername = \"me\"\npassword_file = \"/nonexistent\"\n");
  const std::string path = folder_.write("credentials/secret_mqtt-password", "hunter2\n");
  const ConfigFile file = load();
  EXPECT_EQ(file.errors, Lines{});
  EXPECT_EQ(file.config.broker.password_file, path);
}

TEST_F(ConfigSourcesTest, EveryCredentialBelongsToAFile) {
  for (const ConfigKey& key : config_keys()) {
    if (*key.credential == '\0') continue;
    EXPECT_TRUE(std::string(key.name).ends_with("_file")) << key.label();
    EXPECT_TRUE(std::holds_alternative<TextField>(key.field)) << key.label();
  }
}

TEST_F(ConfigSourcesTest, FlagsTakeEveryKindOfValue) {
  folder_.write("perch.toml", "");
  const ConfigFile file = load({{"camera.name", "say \"hi\" \\o/"},
                                {"audio.dtx", "true"},
                                {"ice.local_addresses", "127.0.0.1,::1"},
                                {"video.controls", ""}});
  EXPECT_EQ(file.errors, Lines{});
  EXPECT_EQ(file.config.camera.name, "say \"hi\" \\o/");
  EXPECT_TRUE(file.config.audio.dtx);
  EXPECT_EQ(file.config.ice.local_addresses.size(), 2U);
  EXPECT_EQ(file.origins.at("[audio] dtx"), "--audio.dtx");
}

TEST_F(ConfigSourcesTest, RulesNameTheKeyAndItsPlace) {
  folder_.write("perch.toml", "[broker]\nurl = \"mqtt://host\"\nca_file = \"/etc/passwd\"\n");
  const ConfigFile file = load();
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_TRUE(file.errors[0].starts_with((folder_ / "perch.toml") + ":2:7: [broker] url must begin with mqtts:"))
      << file.errors[0];
}

TEST_F(ConfigSourcesTest, ASharedKeyMustBeHexadecimalAndAlone) {
  const std::string key = folder_.write("psk", "not hex\n");
  folder_.write("perch.toml", "[broker]\nurl = \"mqtts://host\"\npsk_identity = \"me\"\npsk_file = \"" + key +
                                  "\"\nca_file = \"/etc/passwd\"\n");
  const ConfigFile file = load();
  ASSERT_EQ(file.errors.size(), 2U) << testing::PrintToString(file.errors);
  EXPECT_NE(file.errors[0].find("hexadecimal"), std::string::npos);
  EXPECT_EQ(file.errors[0].find("not hex"), std::string::npos) << "the secret must not be repeated";
  EXPECT_NE(file.errors[1].find("excludes"), std::string::npos);
}

// Whatever is wrong about it, no secret is ever in a message.
class Secrets : public ConfigSourcesTest {
 protected:
  static constexpr char kSecret[] = "hunter2";
  static bool tells(const Lines& lines) {
    return std::any_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.find(kSecret) != std::string::npos; });
  }
};

TEST_F(Secrets, InAFileForEverybodyAreRefused) {
  const std::string text = "[ice]\nservers = [\"turn:me:hunter2@host\"]\n";
  folder_.write("perch.toml", text, 0644);
  const ConfigFile open = load();
  ASSERT_EQ(open.errors.size(), 1U);
  EXPECT_NE(open.errors[0].find("perch.toml:2:"), std::string::npos) << open.errors[0];
  EXPECT_FALSE(tells(open.errors));
  folder_.write("perch.toml", text, 0640);
  EXPECT_EQ(load().errors, Lines{});
}

TEST_F(Secrets, InAFileForEverybodyAreNotBlamedOnAnotherFile) {
  folder_.write("perch.toml", "[video]\nfps = 5\n", 0644);
  folder_.write("conf.d/turn.toml", "[ice]\nservers = [\"turn:me:hunter2@host\"]\n", 0600);
  EXPECT_EQ(load().errors, Lines{});
}

TEST_F(Secrets, OnTheCommandLineAreRefused) {
  folder_.write("perch.toml", "");
  const ConfigFile file = load({{"ice.servers", "turn:me:hunter2@host"}});
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_FALSE(tells(file.errors));
}

TEST_F(Secrets, ThatOthersCanReadAreRefused) {
  const std::string path = folder_.write("password", "hunter2\n", 0644);
  folder_.write("perch.toml", "[broker]\nusername = \"me\"\npassword_file = \"" + path + "\"\n");
  const ConfigFile file = load();
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_NE(file.errors[0].find("chmod 600"), std::string::npos) << file.errors[0];
  EXPECT_FALSE(tells(file.errors));
}

TEST_F(Secrets, AreNotPrinted) {
  folder_.write("perch.toml", "[ice]\nservers = [\"turn:me:hunter2@host?transport=tcp\", \"stun:host\"]\n");
  ConfigFile file = load();
  const std::string printed = print_config(file.config, file.origins);
  EXPECT_FALSE(tells({printed}));
  EXPECT_NE(printed.find("turn:me:***@host?transport=tcp"), std::string::npos) << printed;
  EXPECT_NE(printed.find("perch.toml:2:"), std::string::npos) << "and where it was set";
}

TEST_F(Secrets, OfTheServiceMayShowTheMaskOfAnAclAsGroupBits) {
  const std::string path = folder_.write("credentials/mqtt-password", "hunter2\n", 0440);
  ASSERT_EQ(::setenv("CREDENTIALS_DIRECTORY", (folder_ / "credentials").c_str(), 1), 0);
  EXPECT_EQ(read_secret_file(path).value(), kSecret);
  EXPECT_EQ(::chmod(path.c_str(), 0444), 0);
  EXPECT_FALSE(read_secret_file(path));
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(ChangedKeys, AreExactlyThose) {
  Config after;
  after.video.fps = 3;
  after.ice.servers = {"stun:host"};
  Lines labels;
  for (const ConfigKey* key : changed_keys(Config{}, after)) labels.push_back(key->label());
  EXPECT_EQ(labels, (Lines{"[video] fps", "[ice] servers"}));
}

}  // namespace
}  // namespace perch::agent
