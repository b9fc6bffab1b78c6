# What is installed where, in two components: perch, and libcamera, whose library's ABI changes with every release.
include(GNUInstallDirs)
# The daemon looks for its files in /etc, /run, /var and /usr/libexec: /usr/local would split it.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "Where Perch is installed" FORCE)
endif()
# The Debian that the package is for: that of the sysroot, else this machine's.
set(PERCH_DEBIAN 0)
if(EXISTS ${CMAKE_SYSROOT}/etc/os-release)
  file(STRINGS ${CMAKE_SYSROOT}/etc/os-release release REGEX "^VERSION_ID=")
  string(REGEX MATCH "[0-9]+" PERCH_DEBIAN "${release}")
endif()
# Debian 12's tools look for units in /lib, later ones in /usr/lib.
if(PERCH_DEBIAN EQUAL 12)
  set(unit_dir /lib/systemd/system)
else()
  set(unit_dir lib/systemd/system)
endif()
set(PERCH_UNIT_DIR ${unit_dir} CACHE STRING "Where units go")

set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME perch)

install(TARGETS perchd perchctl RUNTIME DESTINATION bin)
# Bundled by `npm run build`; toolchain/package sees to it.
install(FILES signaling/viewer/dist/index.html signaling/viewer/dist/perch-camera.js
  DESTINATION share/perch/viewer OPTIONAL)
install(FILES systemd/perchd.service DESTINATION ${PERCH_UNIT_DIR})
foreach(kind sysusers tmpfiles modules-load)
  install(FILES systemd/perch.${kind} DESTINATION lib/${kind}.d RENAME perch.conf)
endforeach()
install(FILES systemd/perch.toml DESTINATION /etc/perch)
install(DIRECTORY DESTINATION /etc/perch/conf.d)
install(FILES signaling/PROTOCOL.md DESTINATION share/doc/perch)
install(DIRECTORY systemd/examples DESTINATION share/doc/perch)
if(PERCH_DEPS)
  install(FILES toolchain/debian/lintian-overrides DESTINATION share/lintian/overrides RENAME perch)
endif()

# Debian wants man pages compressed, without the time of compressing.
set(man ${CMAKE_BINARY_DIR}/agent/man)
foreach(page perchd.8 perchctl.1 perch.toml.5)
  string(REGEX MATCH "[0-9]$" section ${page})
  install(CODE "execute_process(COMMAND gzip -9nkf ${man}/${page} COMMAND_ERROR_IS_FATAL ANY)" COMPONENT perch)
  install(FILES ${man}/${page}.gz DESTINATION share/man/man${section})
endforeach()

if(TARGET perch-libcamera)
  install(TARGETS perch-libcamera RUNTIME DESTINATION libexec/perch COMPONENT libcamera)
endif()

# All that is installed, and nothing of the tests beside it: packing and `toolchain/test` build this.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
add_custom_target(installed DEPENDS perchd perchctl man_pages)
if(TARGET perch-libcamera)
  add_dependencies(installed perch-libcamera)
endif()
