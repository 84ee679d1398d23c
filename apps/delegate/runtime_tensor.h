#pragma once

#include <memory>

#include "model/model.h"
#include "tflite_abi.h"

namespace nputwin::delegate {

/// A runtime's tensor as one of a model, as the reader of files makes it. Its constant stays where the runtime has it,
/// unless it is unpacked into `storage`.
[[nodiscard]] ModelTensor read_tensor(const abi::TfLiteTensor& from, std::vector<std::shared_ptr<const Blob>>& storage);

}  // namespace nputwin::delegate
