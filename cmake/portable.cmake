# What runs where boards and old runtimes are: linked once more from the same objects, without any other library but the C
# library of 2018 (glibc 2.28), whatever the machine's own is. ziglang, from PyPI, has that glibc's symbols and start files;
# tools/portable_link.py calls it in the compiler's place. tools/static_libraries.sh makes the archives that the distribution lacks.
option(NPUTWIN_PORTABLE "Also link what is installed for glibc 2.28 and later, and install that" OFF)
set(NPUTWIN_GLIBC 2.28)

if(NPUTWIN_PORTABLE)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  set(NPUTWIN_LINKER_PYTHON ${Python3_EXECUTABLE} CACHE FILEPATH "A Python that has ziglang")
  set(NPUTWIN_STATIC_LIBRARIES ${CMAKE_SOURCE_DIR}/build/static-${CMAKE_SYSTEM_PROCESSOR} CACHE PATH "Where static_libraries.sh put them")
  set(NPUTWIN_ARCHIVES ${NPUTWIN_STATIC_LIBRARIES}/libfmt.a ${NPUTWIN_STATIC_LIBRARIES}/libhwy.a ${NPUTWIN_STATIC_LIBRARIES}/libzip.a)
  foreach(name flatbuffers stb crypto z)
    find_library(NPUTWIN_ARCHIVE_${name} lib${name}.a REQUIRED)
    list(APPEND NPUTWIN_ARCHIVES ${NPUTWIN_ARCHIVE_${name}})
  endforeach()
endif()

# Adds TARGET_portable, linked from what TARGET is linked from, to the folder `portable` of the build.
function(nputwin_add_portable target)
  if(NOT NPUTWIN_PORTABLE)
    return()
  endif()
  set(portable ${target}_portable)
  get_target_property(type ${target} TYPE)
  get_target_property(sources ${target} SOURCES)
  list(APPEND sources ${PROJECT_SOURCE_DIR}/cmake/old_glibc.cc)
  if(type STREQUAL EXECUTABLE)
    add_executable(${portable} ${sources})
  else()
    string(REPLACE _LIBRARY "" kind ${type})
    add_library(${portable} ${kind} ${sources})
  endif()
  foreach(property OUTPUT_NAME EXPORT_NAME VERSION SOVERSION LINK_OPTIONS LINK_DEPENDS INTERFACE_INCLUDE_DIRECTORIES)
    get_target_property(value ${target} ${property})
    if(value)
      set_target_properties(${portable} PROPERTIES ${property} "${value}")
    endif()
  endforeach()
  get_target_property(linked ${target} LINK_LIBRARIES)
  if(nputwin IN_LIST linked) # what the target is linked with beside its own objects; as a file: without what it is linked with
    target_link_libraries(${portable} PRIVATE $<TARGET_FILE:nputwin_objects>)
    add_dependencies(${portable} nputwin_objects)
  endif()
  target_link_libraries(${portable} PRIVATE ${NPUTWIN_ARCHIVES})
  set_target_properties(${portable} PROPERTIES
    BUILD_WITH_INSTALL_RPATH ON RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/portable LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/portable
    RULE_LAUNCH_LINK "${NPUTWIN_LINKER_PYTHON} ${PROJECT_SOURCE_DIR}/tools/portable_link.py ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu.${NPUTWIN_GLIBC}")
endfunction()

# The form of a target that is installed.
function(nputwin_installed result target)
  if(NPUTWIN_PORTABLE)
    string(APPEND target _portable)
  endif()
  set(${result} ${target} PARENT_SCOPE)
endfunction()

# The licences of what is linked in, as the distribution's packages have them, go with it.
function(nputwin_install_licences destination) # further arguments of install()
  if(NOT NPUTWIN_PORTABLE)
    return()
  endif()
  string(REGEX MATCH "^[0-9]+" compiler ${CMAKE_CXX_COMPILER_VERSION})
  foreach(package libfmt-dev libhwy-dev libzip-dev zlib1g-dev libssl-dev libflatbuffers-dev libstb-dev nlohmann-json3-dev libcli11-dev
          libstdc++-${compiler}-dev)
    file(REAL_PATH ${CMAKE_SYSROOT}/usr/share/doc/${package}/copyright licence) # some packages share one
    install(FILES ${licence} DESTINATION ${destination} RENAME ${package} ${ARGN})
  endforeach()
  if(NPUTWIN_REPORT_PLOTS)
    install(FILES ${NPUTWIN_VEGA}.licence DESTINATION ${destination} RENAME vl-convert ${ARGN})
  endif()
endfunction()
