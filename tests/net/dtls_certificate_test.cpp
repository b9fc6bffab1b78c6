#include "net/dtls_certificate.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "net/certificate_file.hpp"

namespace perch::net {
namespace {

constexpr seconds kNow{1'700'000'000};
constexpr seconds kYear{365 * 86400};

/// A folder that goes away with the test.
class StateFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "perch_certificate_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string file() const { return folder_ + "/" + kCertificateFileName; }
  Result<DtlsCertificate> load(seconds now = kNow) { return load_or_create_certificate(folder_, random_, now); }
  SeededRandom random_{1};
  std::string folder_;
};

TEST(DtlsCertificate, SurvivesPem) {
  SeededRandom random(1);
  const auto made = DtlsCertificate::generate(random, kNow);
  ASSERT_TRUE(made) << made.error().message();
  const auto read = DtlsCertificate::from_pem(made->to_pem().value(), random, kNow);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->fingerprint(), made->fingerprint());
  EXPECT_TRUE(std::ranges::equal(read->der(), made->der()));
}

TEST(DtlsCertificate, IsSmallAndDiffersBySeed) {
  SeededRandom one(1);
  SeededRandom two(2);
  const auto first = DtlsCertificate::generate(one, kNow).value();
  const auto second = DtlsCertificate::generate(two, kNow).value();
  EXPECT_LE(first.der().size(), 400u);
  EXPECT_NE(first.fingerprint(), second.fingerprint());
}

TEST(DtlsCertificate, WorksOnABoardWithoutAClock) {
  SeededRandom random(1);
  const auto made = DtlsCertificate::generate(random, seconds(0));
  ASSERT_TRUE(made);
  EXPECT_TRUE(DtlsCertificate::from_pem(made->to_pem().value(), random, seconds(5)));
}

TEST(DtlsCertificate, RefusesPemCutAnywhere) {
  SeededRandom random(1);
  const std::string pem = DtlsCertificate::generate(random, kNow)->to_pem().value();
  for (std::size_t size = 0; size + 40 < pem.size(); size += 13) {
    EXPECT_FALSE(DtlsCertificate::from_pem(std::string_view(pem).substr(0, size), random, kNow)) << size;
  }
}

TEST(DtlsCertificate, RefusesTheKeyOfAnother) {
  SeededRandom random(1);
  const std::string one = DtlsCertificate::generate(random, kNow)->to_pem().value();
  const std::string two = DtlsCertificate::generate(random, kNow)->to_pem().value();
  const std::string mixed = one.substr(0, one.find("-----BEGIN CERT")) + two.substr(two.find("-----BEGIN CERT"));
  EXPECT_FALSE(DtlsCertificate::from_pem(mixed, random, kNow));
}

TEST(DtlsCertificate, IsRenewedBeforeItExpires) {
  SeededRandom random(1);
  const std::string pem = DtlsCertificate::generate(random, kNow)->to_pem().value();
  EXPECT_TRUE(DtlsCertificate::from_pem(pem, random, kNow + 9 * kYear));
  const auto old = DtlsCertificate::from_pem(pem, random, kNow + 10 * kYear);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, Errc::kUnavailable);
}

// Where time_t has 32 bits it ends in 2038, nanoseconds in 64 bits end in 2262.
TEST(DtlsCertificate, LivesBeyond2038) {
  SeededRandom random(1);
  constexpr seconds kLate{2'200'000'000};
  const std::string pem = DtlsCertificate::generate(random, kLate)->to_pem().value();
  EXPECT_TRUE(DtlsCertificate::from_pem(pem, random, kLate + 9 * kYear));
  EXPECT_FALSE(DtlsCertificate::from_pem(pem, random, kLate + 10 * kYear));
}

TEST_F(StateFolder, KeepsTheIdentityAcrossRestarts) {
  const auto first = load();
  ASSERT_TRUE(first) << first.error().message();
  const auto second = load();
  ASSERT_TRUE(second);
  EXPECT_EQ(first->fingerprint(), second->fingerprint());
}

TEST_F(StateFolder, NobodyElseMayReadTheKey) {
  ASSERT_TRUE(load());
  struct stat info {};
  ASSERT_EQ(::stat(file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);  // no temporary file left
}

TEST_F(StateFolder, ADamagedFileIsReplaced) {
  const auto first = load();
  ASSERT_TRUE(first);
  std::ofstream(file()) << "not a certificate";
  const auto second = load();
  ASSERT_TRUE(second);
  EXPECT_NE(first->fingerprint(), second->fingerprint());
  EXPECT_EQ(load()->fingerprint(), second->fingerprint());
}

TEST_F(StateFolder, AHugeFileIsReplaced) {
  std::ofstream(file()) << std::string(100'000, 'x');
  EXPECT_TRUE(load());
}

TEST_F(StateFolder, AKeyThatOthersCouldReadIsReplaced) {
  const auto first = load();
  ASSERT_TRUE(first);
  ::chmod(file().c_str(), 0644);
  const auto second = load();
  ASSERT_TRUE(second);
  EXPECT_NE(first->fingerprint(), second->fingerprint());
  EXPECT_EQ(load()->fingerprint(), second->fingerprint());
}

TEST_F(StateFolder, AMissingFolderIsAnError) {
  SeededRandom random(1);
  const auto result = load_or_create_certificate(folder_ + "/missing", random, kNow);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace perch::net
