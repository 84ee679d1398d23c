# cmake --install: the tool with its man pages, completions and documents, the library, its headers, the delegate, and what
# find_package(nputwin) needs. CPack makes a Debian package of the same.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

nputwin_installed(cli nputwin_cli)
nputwin_installed(library nputwin_c)
nputwin_installed(delegate nputwin_delegate)
install(TARGETS ${cli} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR) # the tool itself has written them
  install(DIRECTORY ${PROJECT_BINARY_DIR}/share/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR})
endif()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
nputwin_install_licences(${CMAKE_INSTALL_DOCDIR}/licences)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(TARGETS ${delegate} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS ${library} EXPORT nputwinTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/nputwin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT nputwinTargets NAMESPACE nputwin:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/nputwin)
configure_package_config_file(cmake/nputwinConfig.cmake.in ${PROJECT_BINARY_DIR}/nputwinConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/nputwin)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/nputwinConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nputwinConfig.cmake ${PROJECT_BINARY_DIR}/nputwinConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/nputwin)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The nputwin developers")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${CMAKE_SYSTEM_PROCESSOR})
string(REPLACE x86_64 amd64 CPACK_DEBIAN_PACKAGE_ARCHITECTURE "${CPACK_DEBIAN_PACKAGE_ARCHITECTURE}")
string(REPLACE aarch64 arm64 CPACK_DEBIAN_PACKAGE_ARCHITECTURE "${CPACK_DEBIAN_PACKAGE_ARCHITECTURE}")
if(NPUTWIN_PORTABLE)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libc6 (>= ${NPUTWIN_GLIBC})")
else()
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS python3) # for runtimes as sides, and pictures
include(CPack)
