# Many small sources as one unit, room by room: their headers are parsed once, which is most of what a small source costs.
# A source includes what it uses all the same: `./dev long` compiles each one alone.
# Not CMake's UNITY_BUILD: its units name sources by absolute paths, and no compiler cache serves another folder then.
option(NPUTWIN_BATCHES "Compile the sources of a room as few units" ON)
set(NPUTWIN_BATCH_SIZE 20)

# Sets `result` to what a target compiles for `ARGN`, whose paths below `base` are what #include finds. `group` is the name of
# the units; where it is empty, each room, a folder in `base`, has its own.
#
# Sources *_simd.cc are compiled once for each instruction set (hwy/foreach_target.h), and Highway's headers with them: those of a
# room are one unit, which that header includes again and again in their stead.
function(nputwin_batches result base group)
  set(units)
  set(rooms)
  foreach(source IN LISTS ARGN)
    file(RELATIVE_PATH path ${base} ${source})
    if(NOT NPUTWIN_BATCHES)
      list(APPEND units ${source})
    else()
      set(room top)
      if(group)
        set(room ${group})
      elseif(path MATCHES "^([^/]+)/")
        set(room ${CMAKE_MATCH_1})
      endif()
      if(path MATCHES "_simd\\.cc$")
        string(APPEND room _simd)
      endif()
      list(APPEND rooms ${room})
      list(APPEND in_${room} ${path})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES rooms)
  foreach(room IN LISTS rooms)
    set(number 0)
    while(in_${room})
      list(SUBLIST in_${room} 0 ${NPUTWIN_BATCH_SIZE} batch)
      list(REMOVE_ITEM in_${room} ${batch})
      list(TRANSFORM batch REPLACE "(.+)" "#include \"\\1\" // NOLINT(bugprone-suspicious-include)\n")
      list(JOIN batch "" text)
      # By this folder's name clang's analyzer knows that an included source is code, not a header (AnalysisManager::isInCodeFile).
      set(unit ${CMAKE_CURRENT_BINARY_DIR}/UnifiedSource/${room}_${number}.cc)
      if(room MATCHES "_simd$")
        string(PREPEND text "#define NPUTWIN_SIMD_BATCH\n#undef HWY_TARGET_INCLUDE\n#define HWY_TARGET_INCLUDE \"UnifiedSource/${room}_${number}.cc\"\n#include <hwy/foreach_target.h>\n")
      endif()
      file(CONFIGURE OUTPUT ${unit} CONTENT "${text}" @ONLY)
      list(APPEND units ${unit})
      math(EXPR number "${number} + 1")
    endwhile()
  endforeach()
  set(${result} ${units} PARENT_SCOPE)
endfunction()
