#include "hal/base/mailbox.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace perch {
namespace {

using IntBox = Mailbox<int>;

TEST(Mailbox, SaysWhenTheReceiverMustBeWoken) {
  IntBox box(3);
  EXPECT_EQ(box.put(1), IntBox::Put::kFirst);
  EXPECT_EQ(box.put(2), IntBox::Put::kQueued);
  EXPECT_EQ(box.take_all().size(), 2U);
  EXPECT_EQ(box.put(3), IntBox::Put::kFirst);
}

TEST(Mailbox, RefusesWhatDoesNotFit) {
  IntBox box(1);
  EXPECT_EQ(box.put(1), IntBox::Put::kFirst);
  EXPECT_EQ(box.put(2), IntBox::Put::kFull);
  EXPECT_EQ(box.take_all().front(), 1);
}

TEST(Mailbox, LosesNothingBetweenThreads) {
  IntBox box(100000);
  constexpr int kItems = 20000;
  std::thread sender([&] {
    for (int i = 0; i < kItems; ++i) static_cast<void>(box.put(i));
  });
  int next = 0;
  while (next < kItems)
    for (const int item : box.take_all()) ASSERT_EQ(item, next++);
  sender.join();
}

}  // namespace
}  // namespace perch
