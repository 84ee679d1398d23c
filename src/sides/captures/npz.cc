#include "io/npz.h"

#include "sides/captures/format.h"

namespace nputwin::captures {

bool recognises_npz(const std::string& path) { return path.ends_with(".npz"); }

Result<CaptureSet> open_npz(const Source& source, const Target& target) {
  NPUTWIN_ASSIGN_OR_RETURN(TensorSet arrays, read_npz(source.path));
  return captures_by_name(std::move(arrays), source, target);
}

}  // namespace nputwin::captures
