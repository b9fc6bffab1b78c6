#include "hal/base/private_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace perch {
namespace {

class PrivateFile : public testing::Test {
 protected:
  PrivateFile() {
    const int fd = ::mkstemp(path_.data());
    ::close(fd);
    write("hunter2\n");
  }
  ~PrivateFile() override { ::unlink(path_.c_str()); }
  void write(const std::string& text) { std::ofstream(path_) << text; }
  [[nodiscard]] std::string refusal() const {
    const auto text = read_private_file(path_, 16);
    EXPECT_FALSE(text);
    EXPECT_TRUE(text || text.error().code == Errc::kInvalid);
    return text ? "" : text.error().message();
  }
  std::string path_ = "/tmp/perch-private-XXXXXX";
};

TEST_F(PrivateFile, IsReadWhole) { EXPECT_EQ(read_private_file(path_, 16).value(), "hunter2\n"); }

TEST_F(PrivateFile, IsRefusedWhenGroupOrOthersHaveAnyRight) {
  for (const unsigned bit : {0040U, 0020U, 0010U, 0004U, 0002U, 0001U}) {
    ::chmod(path_.c_str(), 0600 | bit);
    EXPECT_NE(refusal().find("chmod 600"), std::string::npos) << bit;
  }
}

TEST_F(PrivateFile, ACredentialOfTheServiceMayShowAnAccessListsMask) {
  ::chmod(path_.c_str(), 0440);
  ::setenv("CREDENTIALS_DIRECTORY", "/tmp", 1);
  EXPECT_TRUE(read_private_file(path_, 16));
  ::chmod(path_.c_str(), 0444);
  EXPECT_NE(refusal(), "");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(PrivateFile, IsRefusedWhenItBelongsToAnother) {
  if (::chown(path_.c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root can give files away";
  EXPECT_NE(refusal().find("belongs to another user"), std::string::npos);
}

TEST_F(PrivateFile, IsReadUpToItsLimitAndRefusedBeyond) {
  write(std::string(16, 'x'));
  EXPECT_EQ(read_private_file(path_, 16).value().size(), 16U);
  write(std::string(17, 'x'));
  EXPECT_NE(refusal().find("larger"), std::string::npos);
}

TEST_F(PrivateFile, AFifoIsRefusedAtOnce) {
  ::unlink(path_.c_str());
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_NE(refusal().find("no regular file"), std::string::npos);
}

TEST_F(PrivateFile, AMissingOneIsNotFound) {
  const auto text = read_private_file("/nonexistent/secret", 16);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Errc::kNotFound);
}

TEST(Wipe, LeavesNothing) {
  std::string secret = "a secret that is too long to be kept inside of the object itself";
  const char* memory = secret.data();
  const std::size_t size = secret.size();
  wipe(secret);
  EXPECT_TRUE(secret.empty());
  // The capacity is still there: what lies in it may be looked at.
  secret.resize(size, 'x');
  ASSERT_EQ(secret.data(), memory);
  unsigned char bytes[4] = {1, 2, 3, 4};
  wipe(bytes, sizeof bytes);
  for (const unsigned char byte : bytes) EXPECT_EQ(byte, 0);
}

}  // namespace
}  // namespace perch
