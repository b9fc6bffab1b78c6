# Sound on snd-aloop and snd-dummy.
add_executable(perch_audio_device_tests alsa_capture_test.cpp alsa_playback_test.cpp audio_pipelines_test.cpp
  loopback_card.cpp)
target_link_libraries(perch_audio_device_tests PRIVATE perch_guest perch_dep_alsa GTest::gtest GTest::gtest_main)
perch_script_test(alsa_sound LABEL device TIMEOUT 240
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/audio_in_guest $<TARGET_FILE:perch_audio_device_tests>)
