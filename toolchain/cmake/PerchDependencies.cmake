# Third-party libraries as Debian packages them; each becomes one imported target named perch_dep_*.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# perch_pkg(TARGET MODULE): pkg-config module -> interface target with system includes (our warnings stay ours).
function(perch_pkg target module)
  pkg_check_modules(${target} REQUIRED ${module})
  add_library(perch_dep_${target} INTERFACE)
  target_include_directories(perch_dep_${target} SYSTEM INTERFACE ${${target}_INCLUDE_DIRS})
  target_link_directories(perch_dep_${target} INTERFACE ${${target}_LIBRARY_DIRS})
  target_link_libraries(perch_dep_${target} INTERFACE ${${target}_LIBRARIES})
endfunction()

# perch_lib(TARGET HEADER LIBRARY...): for libraries without a .pc file.
function(perch_lib target header)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  add_library(perch_dep_${target} INTERFACE)
  target_include_directories(perch_dep_${target} SYSTEM INTERFACE ${${target}_INCLUDE})
  foreach(library ${ARGN})
    find_library(${target}_${library} ${library} REQUIRED)
    target_link_libraries(perch_dep_${target} INTERFACE ${${target}_${library}})
  endforeach()
endfunction()

perch_pkg(glib glib-2.0)
perch_pkg(nice nice)
perch_pkg(srtp libsrtp2)
perch_pkg(mosquitto libmosquitto)
perch_pkg(cjson libcjson)
perch_pkg(x264 x264)
perch_pkg(opus opus)
perch_pkg(alsa alsa)
perch_pkg(turbojpeg libturbojpeg)
perch_lib(yuv libyuv.h yuv)
# mbedTLS 2.28 (Debian 12) has neither .pc nor CMake files.
perch_lib(mbedtls mbedtls/ssl.h mbedtls mbedx509 mbedcrypto)
perch_lib(expected tl/expected.hpp)
perch_lib(toml toml++/toml.h)
