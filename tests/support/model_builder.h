#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schema/tflite_generated.h"
#include "session/session.h"
#include "tensor/tensor.h"

namespace nputwin::test {

/// Writes small .tflite models. Tensors and ops get indices in the order in which they are added.
class ModelBuilder {
 public:
  ModelBuilder();

  int tensor(const std::string& name, DType type, const Shape& shape, float scale = 0, std::int64_t zero_point = 0);

  template <typename T>
  int constant(const std::string& name, const Shape& shape, const std::vector<T>& values, const Quantization& q = {}) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
    return constant_bytes(name, *kDTypeOf<T>, shape, {bytes, bytes + values.size() * sizeof(T)}, q);
  }

  void op(schema::BuiltinOperator code, std::vector<int> inputs, std::vector<int> outputs,
          schema::BuiltinOptionsUnion options = {});
  void custom_op(const std::string& code, std::vector<int> inputs, std::vector<int> outputs,
                 std::vector<std::uint8_t> options);
  void inputs(std::vector<int> tensors);
  void outputs(std::vector<int> tensors);

  /// The tables as they are written; change them to make bad models.
  [[nodiscard]] schema::ModelT& model() { return model_; }
  [[nodiscard]] schema::SubGraphT& graph() { return *model_.subgraphs[0]; }

  [[nodiscard]] std::string bytes() const;
  /// What the reader makes of bytes(); fails the test if it refuses.
  [[nodiscard]] std::shared_ptr<const Model> read() const;

 private:
  int constant_bytes(const std::string& name, DType type, const Shape& shape, std::vector<std::uint8_t> bytes,
                     const Quantization& q);
  std::uint32_t opcode(schema::BuiltinOperator code, const std::string& custom);

  schema::ModelT model_;
};

template <typename Options>
[[nodiscard]] schema::BuiltinOptionsUnion options_union(Options options) {
  schema::BuiltinOptionsUnion u;
  u.Set(std::move(options));
  return u;
}

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

[[nodiscard]] inline const Isa& scalar_isa() { return available_isas().back(); }

}  // namespace nputwin::test
