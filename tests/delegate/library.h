#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tflite_abi.h"

namespace nputwin::test {

/// The delegate's two functions. Of the shared library; under sanitizers, which would see its globals twice, of the
/// same sources linked into the test.
struct Library {
  abi::TfLiteDelegate* (*create)(char** keys, char** values, std::size_t count, void (*report)(const char*)) = nullptr;
  void (*destroy)(abi::TfLiteDelegate* delegate) = nullptr;

  /// Loaded by its path, as applications load it.
  [[nodiscard]] static const Library& get();
};

using OwnedDelegate = std::unique_ptr<abi::TfLiteDelegate, void (*)(abi::TfLiteDelegate*)>;
using KeyValues = std::vector<std::pair<std::string, std::string>>;

/// Null where the delegate refuses the options; reported() then says why.
[[nodiscard]] OwnedDelegate make_delegate(const KeyValues& options);
/// What the delegate has reported since it was asked for last.
[[nodiscard]] std::string reported();

}  // namespace nputwin::test
