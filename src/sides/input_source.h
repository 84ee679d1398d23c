#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace nputwin {

/// What `--input` takes, a line a kind, for --help.
extern const char* const kInputSourceHelp;

/// Makes the values of a model's inputs from `[NAME=]SOURCE` arguments:
///
///   noise:SEED          the splitmix64 sequence that starts at SEED + k for input k: its top bytes
///   noise:FIRST..LAST   one sample for each seed
///   ramp                0, 1, 2, … 255, 0, …
///   photo:FILE          a picture, nearest sample; green where the input has one channel; `ramp` for other inputs
///   zeros
///   FILE.npy            one array
///   FILE.npz            one array for each input, by tensor name or as in0, in1, …; with NAME the array of that name
///   FILE.bin, FILE.raw  the tensor's bytes
///   FILE.png|jpg|jpeg|bmp[,resize=METHOD][,mean=M][,std=S]
///   FOLDER[,…]          its files of those kinds in the order of their names, a sample each, pictures with those
///                       options
///
/// noise, ramp and photo give bytes b: uint8 codes b, int8 codes b - 128, float32 (b - 128) / 128; int16
/// noise gives the top 16 bits; other types zeros. A picture gives codes likewise unless mean or std is set;
/// then, and for float32 inputs, (b - mean) / std (127.5 both by default), quantized by v/s half to even
/// where the input has codes.
///
/// A source without NAME that is a generator, a photo or an .npz serves all inputs that none names; others go
/// to the inputs in order. An array of shape [N, …] for an input of shape [1, …] holds N samples.
using Sample = std::vector<Tensor>;

/// One input's samples, each made when it is asked for.
struct InputSamples {
  std::size_t count = 0;
  std::function<Result<Tensor>(std::size_t)> at;
};

/// Samples, each with a tensor for every input of a model. Arrays are read once, a folder's files one by one.
class InputSet {
 public:
  explicit InputSet(std::vector<InputSamples> inputs, std::size_t count) : inputs_(std::move(inputs)), count_(count) {}

  [[nodiscard]] std::size_t size() const { return count_; }
  /// Inputs with one sample serve all. The error says which file is wrong.
  [[nodiscard]] Result<Sample> sample(std::size_t n) const;
  /// The sample of work that takes one; an error where there are more.
  [[nodiscard]] Result<Sample> only_sample() const;

 private:
  std::vector<InputSamples> inputs_;
  std::size_t count_;
};

/// Two inputs with different numbers of samples, other than one, are an error.
[[nodiscard]] Result<InputSet> make_inputs(std::span<const TensorSpec> inputs, std::span<const std::string> sources);

/// Value k of the splitmix64 sequence that starts at `seed`: mixes seed + (k+1) * 0x9E3779B97F4A7C15.
[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t seed, std::uint64_t k) {
  std::uint64_t z = seed + (k + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace nputwin
