// Standard input and pipes: a file of another kind, told by its first bytes.

#include "base/stream.h"

#include "sides/inputs/source.h"

namespace nputwin::inputs {

bool recognises_stream(const Given& given) { return given.bytes == nullptr && is_stream(given.path); }

Result<Source> open_stream(const Given& given, const Notes& notes) {
  Given content = given;
  NPUTWIN_ASSIGN_OR_RETURN(content.bytes, given.read());
  return open(*kind_of(content), content, notes);  // raw takes all bytes
}

}  // namespace nputwin::inputs
