#include <gtest/gtest.h>

#include "hal/audio/audio_sink.hpp"
#include "hal/audio/audio_source.hpp"

namespace perch::audio {
namespace {

TEST(OpenAudio, KnowsTheToneByName) {
  const auto tone = open_audio_source({"tone", 2});
  ASSERT_TRUE(tone);
  EXPECT_EQ((*tone)->description(), "tone");
  EXPECT_EQ((*tone)->format(), (AudioFormat{48'000, 2}));
}

TEST(OpenAudio, SaysWhichNamesThereAre) {
  for (const char* name : {"", "Tone", "hw:0", "alsa"}) {
    const auto source = open_audio_source({name, 1});
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::kInvalid);
    EXPECT_NE(source.error().context.find("tone, alsa:NAME"), std::string::npos) << source.error().context;
  }
  const auto sink = open_audio_sink("tone");
  ASSERT_FALSE(sink);
  EXPECT_NE(sink.error().context.find("alsa:NAME"), std::string::npos);
}

TEST(OpenAudio, RefusesChannelsThatOpusDoesNotHave) {
  for (const int channels : {-1, 0, 3}) EXPECT_FALSE(open_audio_source({"tone", channels}));
}

TEST(OpenAudio, ACardThatIsNotThereIsNotFound) {
  const auto source = open_audio_source({"alsa:hw:31,7", 1});
  ASSERT_FALSE(source);
  EXPECT_NE(source.error().context.find("alsa:hw:31,7"), std::string::npos) << source.error().context;
  EXPECT_FALSE(open_audio_sink("alsa:hw:31,7"));
}

TEST(OpenAudio, PlayingOneCanBeOpened) {
  // ALSA's own plug-in without hardware: the whole way through the library's negotiation.
  const auto source = open_audio_source({"alsa:null", 1});
  ASSERT_TRUE(source) << source.error().message();
  EXPECT_EQ((*source)->format(), (AudioFormat{48'000, 1}));
  const auto sink = open_audio_sink("alsa:null");
  ASSERT_TRUE(sink) << sink.error().message();
  EXPECT_EQ((*sink)->format().rate, 48'000);
}

}  // namespace
}  // namespace perch::audio
