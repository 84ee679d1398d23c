# schema/tflite.fbs -> C++ classes and the binary schema by which io reads op attributes by name; schema/metadata.fbs -> classes.
set(NPUTWIN_SCHEMA_DIR ${CMAKE_CURRENT_BINARY_DIR}/generated/schema)
add_custom_command(
  OUTPUT ${NPUTWIN_SCHEMA_DIR}/tflite_generated.h ${NPUTWIN_SCHEMA_DIR}/tflite_bfbs_generated.h
  COMMAND ${FLATC} --cpp --bfbs-gen-embed --gen-object-api --scoped-enums -o ${NPUTWIN_SCHEMA_DIR}
          ${CMAKE_CURRENT_SOURCE_DIR}/schema/tflite.fbs
  DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/schema/tflite.fbs
  COMMENT "Compiling schema/tflite.fbs")
add_custom_command(
  OUTPUT ${NPUTWIN_SCHEMA_DIR}/metadata_generated.h
  COMMAND ${FLATC} --cpp --scoped-enums -o ${NPUTWIN_SCHEMA_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/schema/metadata.fbs
  DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/schema/metadata.fbs
  COMMENT "Compiling schema/metadata.fbs")
add_custom_target(nputwin_schema_files DEPENDS ${NPUTWIN_SCHEMA_DIR}/tflite_generated.h ${NPUTWIN_SCHEMA_DIR}/metadata_generated.h)
add_library(nputwin_schema INTERFACE)
add_dependencies(nputwin_schema nputwin_schema_files)
target_include_directories(nputwin_schema SYSTEM INTERFACE ${CMAKE_CURRENT_BINARY_DIR}/generated)
target_include_directories(nputwin_schema SYSTEM INTERFACE ${FLATBUFFERS_INCLUDE_DIR})
