#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "session/session.h"
#include "tensor/tensor.h"

namespace nputwin::test {

/// Small models, made in memory or as a .tflite file. Tensors and ops get indices in the order in which they are added.
class ModelBuilder {
 public:
  ModelBuilder();

  int tensor(const std::string& name, DType type, const Shape& shape, float scale = 0, std::int32_t zero_point = 0);

  template <typename T>
  int constant(const std::string& name, const Shape& shape, const std::vector<T>& values, const Quantization& q = {}) {
    return constant_bytes({name, *kDTypeOf<T>, shape, q}, std::as_bytes(std::span(values)));
  }

  /// `attributes`: by the names of schema/tflite.fbs.
  void op(const std::string& name, std::vector<int> inputs, std::vector<int> outputs, Attributes attributes = {});
  void custom_op(const std::string& code, std::vector<int> inputs, std::vector<int> outputs,
                 const std::vector<std::uint8_t>& options);
  void inputs(std::vector<int> tensors);
  void outputs(std::vector<int> tensors);

  [[nodiscard]] Model& model() { return model_; }
  [[nodiscard]] Graph& graph() { return model_.graphs[0]; }

  /// The file; fails the test if it cannot be written.
  [[nodiscard]] std::string bytes() const;
  /// What the reader makes of bytes(); fails the test if it refuses.
  [[nodiscard]] std::shared_ptr<const Model> read() const;

 private:
  int constant_bytes(const TensorSpec& spec, Bytes values);
  Bytes keep(Bytes bytes);

  Model model_;
};

/// Runs a model on inputs, and gives the bytes of each output.
[[nodiscard]] std::vector<std::vector<std::byte>> run_model(const std::shared_ptr<const Model>& model,
                                                            const Profile& profile,
                                                            const std::vector<std::vector<std::byte>>& inputs,
                                                            const Isa& isa, int threads = 1);

/// The built-in profiles that run ops of that family.
[[nodiscard]] std::vector<Profile> profiles_that_know(Family family);

template <typename T>
[[nodiscard]] std::vector<std::byte> to_bytes(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const std::byte*>(values.data());
  return {first, first + values.size() * sizeof(T)};
}
template <typename T>
[[nodiscard]] std::vector<T> from_bytes(const std::vector<std::byte>& bytes) {
  const auto* first = reinterpret_cast<const T*>(bytes.data());
  return {first, first + bytes.size() / sizeof(T)};
}

}  // namespace nputwin::test
