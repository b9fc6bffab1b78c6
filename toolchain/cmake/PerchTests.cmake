# How tests are registered: one GoogleTest program per folder, scripts with exit code 77 for "skipped".
include(GoogleTest)

# GLib locks with futexes that ThreadSanitizer does not see: what happens within libraries it was not compiled into does not
# count, what they call in our code does.
set(perch_tsan_options "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/toolchain/tsan.supp:ignore_noninstrumented_modules=1")

# perch_gtest(NAME LABEL unit SOURCES ... LINK ...): discovered case by case.
function(perch_gtest name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  if(ARG_LABEL STREQUAL unit)
    set_target_properties(${name} PROPERTIES PERCH_UNOPTIMISED ON)
  endif()
  target_compile_definitions(${name} PRIVATE PERCH_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  # Half of compiling a test is reading its framework; each file still includes what it uses.
  target_precompile_headers(${name} PRIVATE <gtest/gtest.h>)
  # An emulated encoder takes its time.
  set(limit_s 120)
  if(CMAKE_CROSSCOMPILING)
    set(limit_s 900)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${limit_s}
    ENVIRONMENT "${perch_tsan_options}")
endfunction()

# perch_script_test(NAME LABEL browser COMMAND ... [TIMEOUT s]): exit 77 means skipped, with a line saying why.
# Scripts that open ports take turns (RUN_SERIAL), because their timing is what they measure.
function(perch_script_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} SKIP_RETURN_CODE 77 RUN_SERIAL ON
    ENVIRONMENT "PERCH_BUILD_DIR=${CMAKE_BINARY_DIR};PERCH_SOURCE_DIR=${CMAKE_SOURCE_DIR};${perch_tsan_options}")
endfunction()
