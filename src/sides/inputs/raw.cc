// .bin and .raw: the bytes of one tensor.

#include "sides/inputs/arrays.h"

namespace nputwin::inputs {

bool recognises_raw(const Given& given) { return given.bytes != nullptr || given.is_file_of({".bin", ".raw"}); }

Result<Source> open_raw(const Given& given, const Notes& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, given.read());
  return Source{given.text, false, [=](const TensorSpec& input, std::size_t) -> Result<InputSamples> {
                  const Bytes bytes = file->bytes();
                  if (bytes.size() != input.bytes())
                    return error("{}: has {} bytes, but input '{}' takes {}", given.path, bytes.size(), input.name,
                                 input.bytes());
                  NPUTWIN_ASSIGN_OR_RETURN(const Layout layout, layout_option(given));
                  const bool nchw = layout == Layout::kNchw && input.shape.size() == 4;
                  auto array = std::make_shared<Array>(
                      Array{number_type(input.type), nchw ? nchw_shape(input.shape) : input.shape, {}});
                  array->data.assign(bytes.begin(), bytes.end());
                  return samples_of(input, array, given, given.path, notes);
                }};
}

}  // namespace nputwin::inputs
