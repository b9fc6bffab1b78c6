// mbedTLS asks calloc() for the state of an HMAC, with which each message's key is derived. Without memory the message
// is lost; it does not take the daemon along.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "signaling/sealing/sealed_access.hpp"
#include "tests/signaling/sealing/sealed_viewer.hpp"

namespace {
thread_local bool calloc_fails = false;
}  // namespace

extern "C" {
/// Where a sanitizer manages memory, its own.
[[gnu::weak]] void* __interceptor_calloc(std::size_t count, std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
/// Takes the C library's place for the whole program, libmbedcrypto included; called before ThreadSanitizer is ready.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
__attribute__((no_sanitize("thread"))) void* calloc(std::size_t count, std::size_t size) noexcept {
  if (calloc_fails) return nullptr;
  return __interceptor_calloc != nullptr ? __interceptor_calloc(count, size) : __libc_calloc(count, size);
}
}

namespace perch::signaling {
namespace {

class OutOfMemorySealing : public testing::Test {
 protected:
  OutOfMemorySealing() { ring_.keys.emplace("phone", test::key_number(1)); }
  ~OutOfMemorySealing() override { calloc_fails = false; }

  SeededRandom random_{7};
  test::TestRing ring_;
  SealedAccess access_{ring_, random_};
  const SessionKey key_{"phone", "abcdefghijklmnopqrstuv"};
  const MessageAddress offer_{"cam", key_, "offer"};
  const Epochs epochs_{"now", ""};
};

TEST_F(OutOfMemorySealing, WhatCannotBeOpenedIsLost) {
  const std::string path = message_path("cam", "in", key_, "offer");
  const std::string payload = test::sealed_for_camera(test::key_number(1), key_, path, "now", "{}", random_);
  calloc_fails = true;
  EXPECT_THROW((void)access_.open(offer_, epochs_, as_bytes(payload)), std::bad_alloc);
  calloc_fails = false;
  EXPECT_TRUE(access_.open(offer_, epochs_, as_bytes(payload)));
}

TEST_F(OutOfMemorySealing, WhatCannotBeSealedIsNotSaid) {
  calloc_fails = true;
  EXPECT_THROW((void)access_.seal(offer_, epochs_, "{}"), std::bad_alloc);
  calloc_fails = false;
  EXPECT_TRUE(access_.seal(offer_, epochs_, "{}"));
}

}  // namespace
}  // namespace perch::signaling
