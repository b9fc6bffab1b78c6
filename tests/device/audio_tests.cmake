# Sound on snd-aloop and snd-dummy.
add_executable(perch_audio_device_tests alsa_capture_test.cpp alsa_playback_test.cpp audio_pipelines_test.cpp
  loopback_card.cpp)
target_link_libraries(perch_audio_device_tests PRIVATE perch_guest perch_dep_alsa GTest::gtest GTest::gtest_main)
perch_script_test(alsa_sound LABEL device TIMEOUT 240
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/audio_in_guest $<TARGET_FILE:perch_audio_device_tests>)

# Sound end to end, with a browser on the host's side.
add_executable(perch_flash_and_beep flash_and_beep_main.cpp loopback_camera.cpp loopback_card.cpp)
add_executable(perch_hear_beeps hear_beeps_main.cpp)
foreach(program perch_flash_and_beep perch_hear_beeps)
  target_link_libraries(${program} PRIVATE perch_guest perch_dep_alsa)
endforeach()
foreach(name av_sync talk_to_loudspeaker)
  perch_script_test(${name} LABEL device TIMEOUT 420
    COMMAND env PERCH_FLASH_AND_BEEP=$<TARGET_FILE:perch_flash_and_beep> PERCH_HEAR_BEEPS=$<TARGET_FILE:perch_hear_beeps>
      ${CMAKE_CURRENT_SOURCE_DIR}/run_guest_test ${CMAKE_CURRENT_SOURCE_DIR}/${name}.test.mjs
      $<TARGET_FILE:perch_set_control>)
  set_property(TEST ${name} APPEND PROPERTY LABELS guest)
endforeach()
