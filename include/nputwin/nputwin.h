#pragma once

// The library's public face. Link nputwin::nputwin (find_package(nputwin)); needs nothing but the standard
// library.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace nputwin {

/// Whatever could not be done: a bad model, an unknown profile, an input that does not fit. what() says
/// where, what was expected and what came.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a model takes or gives. Values are dense, row-major (NHWC), little-endian. real = scale * (code -
/// zero_point); scale 0: not quantized per tensor.
struct TensorInfo {
  std::string name;
  std::string type;  ///< "int8", "uint8", "float32", …
  std::vector<std::int32_t> shape;
  float scale = 0;
  std::int32_t zero_point = 0;
  std::size_t bytes = 0;
};

struct TwinOptions {
  int threads = 1;           ///< the result never depends on it
  std::string isa = "auto";  ///< nor on this: "scalar" or an instruction set that this processor has
};

/// A model prepared to run with one profile's arithmetic, bit for bit. Not for use by two threads at once;
/// two twins are independent.
class Twin {
 public:
  /// Reads a .tflite file and prepares it for a profile: a name of profile_names(), a variant such as
  /// "vip-v8{ties=half_up}", or the path of a profile document ending in .json. Throws Failure.
  Twin(const std::string& model_path, const std::string& profile, const TwinOptions& options = {});
  Twin(Twin&&) noexcept;
  Twin& operator=(Twin&&) noexcept;
  ~Twin();

  [[nodiscard]] std::vector<TensorInfo> inputs() const;
  [[nodiscard]] std::vector<TensorInfo> outputs() const;

  /// Copies input k; `values` has inputs()[k].bytes bytes. Throws Failure.
  void set_input(std::size_t k, std::span<const std::byte> values);
  /// Runs the model; allocates nothing.
  void run();
  /// The bytes of output k, valid until the next run().
  [[nodiscard]] std::span<const std::byte> output(std::size_t k) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Names of the built-in profiles.
[[nodiscard]] std::vector<std::string> profile_names();

}  // namespace nputwin
