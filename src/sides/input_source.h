#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/callbacks.h"
#include "base/result.h"
#include "io/array.h"
#include "tensor/tensor.h"

namespace nputwin {

/// What `--input` takes, a line a kind, and what stands behind a path, for --help.
[[nodiscard]] std::string input_source_help();

/// A tensor for every input of a model.
using Sample = std::vector<Tensor>;

/// One input's samples, each made when it is asked for.
struct InputSamples {
  std::size_t count = 0;
  std::function<Result<Tensor>(std::size_t)> at;
};

/// What `--input` takes: [NAME=]SOURCE. The source may be an array of the caller's, which the text then only names.
struct InputArgument {
  static constexpr std::string_view kMemory = "memory:";  ///< how the name of an array of the caller's begins
  std::string text;
  std::shared_ptr<const Array> array = {};  ///< null: the text says it all

  InputArgument(std::string of_text, std::shared_ptr<const Array> of_array = {})  // NOLINT(google-explicit-constructor)
      : text(std::move(of_text)), array(std::move(of_array)) {}
  InputArgument(const char* of_text) : text(of_text) {}  // NOLINT(google-explicit-constructor)
};

/// Samples, each with a tensor for every input of a model. Arrays are read once, a folder's files one by one.
class InputSet {
 public:
  InputSet(std::vector<InputSamples> inputs, std::size_t count) : inputs_(std::move(inputs)), count_(count) {}

  [[nodiscard]] std::size_t size() const { return count_; }
  /// Inputs with one sample serve all. The error says which file is wrong.
  [[nodiscard]] Result<Sample> sample(std::size_t n) const;
  /// The sample of work that takes one; an error where there are more.
  [[nodiscard]] Result<Sample> only_sample() const;

 private:
  std::vector<InputSamples> inputs_;
  std::size_t count_;
};

/// Makes the values of a model's inputs from the arguments. inputs/kinds.inc lists the kinds of sources.
///
/// A source without NAME that is a generator, a photo or an .npz serves all inputs that none names; others go to the
/// inputs in order. Two inputs with different numbers of samples, other than one, are an error. The callbacks are told
/// once what is done to the values (pictures resized, numbers quantized), and of NaN and infinity.
[[nodiscard]] Result<InputSet> make_inputs(std::span<const TensorSpec> inputs, std::span<const InputArgument> arguments,
                                           const Callbacks& callbacks = {});

/// Value k of the splitmix64 sequence that starts at `seed`: mixes seed + (k+1) * 0x9E3779B97F4A7C15.
[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t seed, std::uint64_t k) {
  std::uint64_t z = seed + (k + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace nputwin
